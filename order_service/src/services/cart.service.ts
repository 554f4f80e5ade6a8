import type { StockItem } from '@shop/contracts';
import type { Cart, CartRepository } from '../db/cart.repository.ts';
import {
  adjustmentOf,
  type CartCheckout,
  type DeliveryMethod,
  findDelivery,
  sumOf,
} from '../domain/delivery.ts';
import { type CartLine, findShortages, priceChanged } from '../domain/pricing.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from './deps.ts';

export const maxLines = 100;

/**
 * Adds a product to the customer's cart, which is made if need be; adding it again raises the quantity.
 * @throws Problem `product-not-found`, `insufficient-stock` or `cart-full`
 */
export async function CreateCart(
  input: Schemas['CartItem'] & { readonly customerId: number },
  repo: CartRepository,
  { catalog }: OrderDeps,
): Promise<{ readonly line: CartLine; readonly added: boolean }> {
  const product = await findProduct(input.productId, catalog);
  // The price is today's: it is what the customer has just seen.
  const { id: productId, name, price, currency, imageUrl = null } = product;
  return changeCart(input.customerId, repo, async (cart) => {
    const present = cart?.lines.find((line) => line.productId === product.id);
    const qty = input.qty + (present?.qty ?? 0);
    requireStock(product, qty, present?.id);
    if (present === undefined && (cart?.lines.length ?? 0) >= maxLines) {
      throw problem('cart-full', { detail: `A cart can have at most ${maxLines} different products.` });
    }
    const line = await repo.saveLine(input.customerId, cart, {
      productId,
      name,
      price,
      currency,
      qty,
      imageUrl,
    });
    return line && { line, added: present === undefined };
  });
}

/**
 * Reads the cart and writes what follows from it; again, when it was changed in between. Each time somebody else's
 * change has succeeded, and the request's time for the database is an end to it.
 * @param change gives undefined when the cart has changed since it was read
 */
export async function changeCart<T>(
  customerId: number,
  carts: CartRepository,
  change: (cart: Cart | undefined) => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const result = await change(await carts.find(customerId));
    if (result !== undefined) return result;
  }
}

/** The cart of the customer with this id, with what catalog says of each line now. */
export async function GetCart(
  id: number,
  repo: CartRepository,
  { catalog, config }: OrderDeps,
): Promise<Schemas['Cart']> {
  const { lines, checkout } = (await repo.find(id)) ?? { lines: [], checkout: null };
  const items = lines.length > 0 ? await catalog.getStock(lines.map((line) => line.productId)) : [];
  return viewCart({ lines, checkout }, items, config.deliveryMethods);
}

/** @param items what catalog says of the products of these lines, and perhaps of others */
export function viewCart(
  { lines: cartLines, checkout }: Pick<Cart, 'lines' | 'checkout'>,
  items: readonly StockItem[],
  deliveryMethods: readonly DeliveryMethod[],
): Schemas['Cart'] {
  const products = new Map(items.map((item) => [item.id, item]));
  const lines = cartLines.map((line) => viewLine(line, products.get(line.productId)));
  const sold = cartLines.flatMap(({ productId }) => products.get(productId) ?? []);
  const currencies = [...new Set(sold.map((item) => item.currency))];
  const delivery = checkout ? findDelivery(checkout, deliveryMethods, currencies) : undefined;
  // Nothing that is for sale is not delivered either.
  const adjustments = delivery !== undefined && sold.length > 0 ? [adjustmentOf(delivery)] : [];
  const sum = lines.reduce((total, line) => total + (line.currentPrice ?? 0) * line.qty, sumOf(adjustments));
  const [currency = null, ...others] = currencies;
  return {
    lines,
    adjustments,
    ...(others.length > 0 ? { amount: null, currency: null } : { amount: sum, currency }),
    ...(checkout && { checkout: viewCheckout(checkout, delivery) }),
  };
}

const viewCheckout = (
  checkout: CartCheckout,
  delivery: DeliveryMethod | undefined,
): Schemas['CartCheckout'] => ({
  ...checkout,
  availability: delivery === undefined ? 'unavailable' : 'available',
  priceChanged: delivery !== undefined && delivery.price !== checkout.deliveryPrice,
});

function viewLine(line: CartLine, product: StockItem | undefined): Schemas['LiveCartLine'] {
  const available = product?.stock ?? 0;
  return {
    ...line,
    imageUrl: product === undefined ? line.imageUrl : (product.imageUrl ?? null),
    availability: product === undefined ? 'unavailable' : available < line.qty ? 'insufficient' : 'available',
    available,
    priceChanged: product !== undefined && priceChanged({ ...line, product }),
    currentPrice: product?.price ?? null,
  };
}

/** @throws Problem `cart-line-not-found`, `product-not-found` or `insufficient-stock` */
export async function changeCartLine(
  customerId: number,
  lineId: number,
  qty: number,
  { carts, catalog }: OrderDeps,
): Promise<CartLine> {
  const { productId } = findLine(await carts.find(customerId), lineId);
  requireStock(await findProduct(productId, catalog), qty, lineId);
  return changeCart(customerId, carts, (cart) =>
    carts.saveLine(customerId, cart, { ...findLine(cart, lineId), qty }),
  );
}

/** @throws Problem `cart-line-not-found` */
export async function removeCartLine(
  customerId: number,
  lineId: number,
  { carts }: OrderDeps,
): Promise<void> {
  await changeCart(customerId, carts, async (cart) => {
    findLine(cart, lineId);
    return (cart && (await carts.removeLine(cart, lineId))) || undefined;
  });
}

async function findProduct(productId: number, catalog: OrderDeps['catalog']): Promise<StockItem> {
  const [product] = await catalog.getStock([productId]);
  if (product !== undefined) return product;
  throw problem('product-not-found', { detail: `There is no product ${productId}.` });
}

function findLine(cart: Cart | undefined, lineId: number): CartLine {
  const line = cart?.lines.find(({ id }) => id === lineId);
  if (line !== undefined) return line;
  throw problem('cart-line-not-found', { detail: `There is no line ${lineId} in the cart.` });
}

/** @param id of the line of the cart, if it is there already */
function requireStock(product: StockItem, qty: number, id?: number): void {
  const { id: productId, name } = product;
  const shortages = findShortages([{ id, productId, name, qty, product }]);
  const [shortage] = shortages;
  if (shortage === undefined) return;
  const { requested, available } = shortage;
  const detail = `${name}: ${requested} requested, ${available} available.`;
  throw problem('insufficient-stock', { detail, requested, available, shortages });
}
