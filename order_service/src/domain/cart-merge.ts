import { fields, type StockItem } from '@shop/contracts';
import type { CartLine } from './pricing.ts';

/** A product of which there is less than the two carts asked for. */
interface CartAdjustment {
  readonly productId: number;
  readonly name: string;
  readonly requested: number;
  readonly qty: number;
  readonly reason: 'insufficient-stock' | 'product-unavailable' | 'cart-full';
}

interface CartMerge {
  /** To write, in place of those of the same product. */
  readonly saved: readonly Omit<CartLine, 'id'>[];
  /** Products whose line is removed. */
  readonly removed: readonly number[];
  readonly adjusted: readonly CartAdjustment[];
}

/**
 * What becomes of a cart that takes in the lines of another: the greater quantity of each product, as far as there is stock.
 * A line that both have keeps the price that its owner has seen.
 */
export function mergeCarts(
  own: readonly CartLine[],
  guest: readonly CartLine[],
  catalog: readonly StockItem[],
  maxLines: number,
): CartMerge {
  const products = new Map(catalog.map((item) => [item.id, item]));
  const saved: Omit<CartLine, 'id'>[] = [];
  const removed: number[] = [];
  const adjusted: CartAdjustment[] = [];
  let lines = own.length;
  for (const { id: _, ...line } of guest) {
    const { productId, name } = line;
    const present = own.find((ownLine) => ownLine.productId === productId);
    const product = products.get(productId);
    const requested = Math.max(line.qty, present?.qty ?? 0);
    const qty = Math.min(requested, product?.stock ?? 0, fields.quantity.maximum);
    const isFull = qty > 0 && present === undefined && lines >= maxLines;
    const adjust = (reason: CartAdjustment['reason'], left: number) =>
      adjusted.push({ productId, name, requested, qty: left, reason });
    if (isFull) {
      adjust('cart-full', 0);
      continue;
    }
    if (qty < requested) adjust(product === undefined ? 'product-unavailable' : 'insufficient-stock', qty);
    if (qty > 0) {
      if (present === undefined) lines += 1;
      saved.push({ ...line, ...present, qty });
    } else if (present !== undefined) {
      lines -= 1;
      removed.push(productId);
    }
  }
  return { saved, removed, adjusted };
}
