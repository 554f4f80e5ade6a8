import { type Actor, type AuditTrail, difference, type NewAuditEvent } from '@shop/service-kit';
import type { NewProduct, Product } from '../domain/product.ts';

/** Who changes products. */
export interface ByAdmin {
  readonly audit: AuditTrail;
  readonly by: Actor;
}

/** What is told of a product that was changed, made (it was null before) or deleted. */
export function productChanged(before: Product | null, after: Product | null, by: Actor): NewAuditEvent {
  const verb = before === null ? 'created' : after === null ? 'deleted' : 'updated';
  const details = { productId: (after ?? before)?.id, ...difference(written(before), written(after)) };
  return { kind: `product-${verb}`, ...by, details };
}

/** Without what rises by itself. */
function written(product: Product | null): NewProduct | null {
  if (product === null) return null;
  const { id: _id, revision, version, createdAt, updatedAt, ...content } = product;
  return content;
}
