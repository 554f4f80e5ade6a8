import type { Cart } from '../db/cart.repository.ts';
import { mergeCarts } from '../domain/cart-merge.ts';
import type { Schemas } from '../generated/openapi.ts';
import { maxLines, viewCart } from './cart.service.ts';
import type { OrderDeps } from './deps.ts';

/**
 * Moves what is in a guest's cart to the customer's. Nothing is left to do for a second time.
 * @throws Problem `catalog-service-unavailable`
 */
export async function mergeCart(
  customerId: number,
  guestId: number,
  { carts, catalog, config }: OrderDeps,
): Promise<Schemas['MergedCart']> {
  // As in `changeCart`: another change has succeeded each time.
  for (;;) {
    const [own, guest] = await Promise.all([carts.find(customerId), carts.find(guestId)]);
    if (own === undefined && guest !== undefined && guest.lines.length > 0) {
      await carts.make(customerId);
      continue;
    }
    const lines = [...(own?.lines ?? []), ...(guest?.lines ?? [])];
    const productIds = [...new Set(lines.map(({ productId }) => productId))];
    const products = productIds.length === 0 ? [] : await catalog.getStock(productIds);
    const view = (cart: Pick<Cart, 'lines' | 'checkout'>) => viewCart(cart, products, config.deliveryMethods);
    if (own === undefined || guest === undefined || guest.lines.length === 0)
      return { ...view(own ?? { lines: [], checkout: null }), adjusted: [] };
    const { adjusted, ...changes } = mergeCarts(own.lines, guest.lines, products, maxLines);
    const merged = await carts.merge(own, guest, changes);
    if (merged !== undefined) return { ...view({ ...own, lines: merged }), adjusted: [...adjusted] };
  }
}
