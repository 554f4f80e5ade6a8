import type { StockItem } from '@shop/contracts';
import type { Cart, CartRepository } from '../db/cart.repository.ts';
import { withTransaction } from '../db/transaction.ts';
import { type CartLine, findShortages, priceChanged } from '../domain/pricing.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from './deps.ts';

const maxLines = 100;

/**
 * Adds a product to the customer's cart, which is made if need be; adding it again raises the quantity.
 * @throws Problem `product-not-found`, `insufficient-stock` or `cart-full`
 */
export async function CreateCart(
  input: Schemas['CartItem'] & { readonly customerId: number },
  repo: CartRepository,
  { db, catalog }: OrderDeps,
): Promise<{ readonly line: CartLine; readonly added: boolean }> {
  const product = await findProduct(input.productId, catalog);
  return withTransaction(db, async (tx) => {
    const cart = await repo.lock(tx, input.customerId);
    const present = cart.lines.find((line) => line.productId === product.id);
    // The price is today's: it is what the customer has just seen.
    const { id: productId, name, price, currency } = product;
    const line = { productId, name, price, currency, qty: input.qty + (present?.qty ?? 0) };
    requireStock(product, line.qty, present?.id);
    if (present === undefined && cart.lines.length >= maxLines) {
      throw problem('cart-full', { detail: `A cart can have at most ${maxLines} different products.` });
    }
    return { line: await repo.saveLine(tx, cart, line), added: present === undefined };
  });
}

/** The cart of the customer with this id, with what catalog says of each line now. */
export async function GetCart(
  id: number,
  repo: CartRepository,
  { catalog }: OrderDeps,
): Promise<Schemas['Cart']> {
  const cart = await repo.find(id);
  if (cart === undefined || cart.lines.length === 0) return { lines: [], amount: 0, currency: null };
  const { items } = await catalog.getStock(cart.lines.map((line) => line.productId));
  const products = new Map(items.map((item) => [item.id, item]));
  const lines = cart.lines.map((line) => viewLine(line, products.get(line.productId)));
  const [currency = null, ...others] = new Set(items.map((item) => item.currency));
  if (others.length > 0) return { lines, amount: null, currency: null };
  return {
    lines,
    amount: lines.reduce((sum, line) => sum + (line.currentPrice ?? 0) * line.qty, 0),
    currency,
  };
}

function viewLine(line: CartLine, product: StockItem | undefined): Schemas['LiveCartLine'] {
  const available = product?.stock ?? 0;
  return {
    ...line,
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
  { db, carts, catalog }: OrderDeps,
): Promise<CartLine> {
  const line = findLine(await carts.find(customerId), lineId);
  requireStock(await findProduct(line.productId, catalog), qty, lineId);
  return withTransaction(db, async (tx) => {
    const cart = await carts.lock(tx, customerId);
    const { id: _, ...present } = findLine(cart, lineId);
    return carts.saveLine(tx, cart, { ...present, qty });
  });
}

/** @throws Problem `cart-line-not-found` */
export async function removeCartLine(
  customerId: number,
  lineId: number,
  { db, carts }: OrderDeps,
): Promise<void> {
  await withTransaction(db, async (tx) => {
    const cart = await carts.lock(tx, customerId);
    findLine(cart, lineId);
    await carts.removeLine(tx, cart, lineId);
  });
}

async function findProduct(productId: number, catalog: OrderDeps['catalog']): Promise<StockItem> {
  const { items } = await catalog.getStock([productId]);
  const [product] = items;
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
