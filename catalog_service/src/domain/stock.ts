import type { Shortage } from '@shop/contracts';

export interface StockLine {
  readonly productId: number;
  readonly qty: number;
}

export type MovementReason = 'initial' | 'order' | 'order-cancelled' | 'return' | 'adjustment';

/** One line a product, by product id: two lines of one product need the sum of both. */
export function mergeLines(lines: readonly StockLine[]): StockLine[] {
  const quantities = new Map<number, number>();
  for (const { productId, qty } of lines) quantities.set(productId, (quantities.get(productId) ?? 0) + qty);
  return [...quantities].map(([productId, qty]) => ({ productId, qty })).sort(byProduct);
}

const byProduct = (a: StockLine, b: StockLine) => a.productId - b.productId;

/**
 * Every line that cannot be had, given the stock of the products on sale; a product that is not there has none.
 * An order is reserved when there is no shortage at all.
 */
export function findShortages(lines: readonly StockLine[], stock: ReadonlyMap<number, number>): Shortage[] {
  return lines
    .map(({ productId, qty }) => ({ productId, requested: qty, available: stock.get(productId) ?? 0 }))
    .filter(({ requested, available }) => requested > available);
}
