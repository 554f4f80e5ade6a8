import type { NewEvent, Shortage } from '@shop/contracts';
import type { Product } from './product.ts';

const source = 'catalog_service';

export function productUpserted(product: Product): NewEvent<'PRODUCT_UPSERTED'> {
  const data = { ...product, tags: [...product.tags], media: [...product.media] };
  return { source, type: 'PRODUCT_UPSERTED', key: String(product.id), data };
}

export function productDeleted(id: number, version: number): NewEvent<'PRODUCT_DELETED'> {
  return { source, type: 'PRODUCT_DELETED', key: String(id), data: { id, version } };
}

export function stockReserved(orderNumber: string): NewEvent<'STOCK_RESERVED'> {
  return { source, type: 'STOCK_RESERVED', key: orderNumber, data: { orderNumber } };
}

export function stockRejected(
  orderNumber: string,
  shortages: readonly Shortage[],
): NewEvent<'STOCK_REJECTED'> {
  const data = { orderNumber, shortages: [...shortages] };
  return { source, type: 'STOCK_REJECTED', key: orderNumber, data };
}
