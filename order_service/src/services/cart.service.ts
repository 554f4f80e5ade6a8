import type { StockItem } from '@shop/contracts';
import { AppError } from '@shop/service-kit';
import type { CatalogClient } from '../clients/catalog-client.ts';
import type { Cart, CartRepository } from '../db/cart-repository.ts';
import type { CartLine } from '../domain/pricing.ts';
import type { CartView, LiveCartLine } from '../schemas/cart-replies.ts';

export interface CartDeps {
  readonly catalog: CatalogClient;
}

export interface CartInput {
  readonly customerId: number;
  readonly productId: number;
  readonly qty: number;
}

const maxLines = 100;
const maxQty = 10_000;

/** Puts a product into the customer's cart, which is made if need be; adding again raises the quantity. */
export async function CreateCart(
  input: CartInput,
  repo: CartRepository,
  { catalog }: CartDeps,
): Promise<{ readonly line: CartLine; readonly added: boolean }> {
  const product = await findProduct(catalog, input.productId);
  return repo.inTransaction(async (tx) => {
    const cart = await repo.lock(tx, input.customerId);
    const present = cart.lines.find((line) => line.productId === product.id);
    const qty = input.qty + (present?.qty ?? 0);
    requireStock(product, qty);
    // The price is today's: it is what the customer has just seen.
    const { name, price, currency } = product;
    if (present !== undefined) {
      return {
        line: await repo.updateLine(tx, cart, present.id, { name, price, currency, qty }),
        added: false,
      };
    }
    requireRoom(cart);
    return {
      line: await repo.addLine(tx, cart, { productId: product.id, name, price, currency, qty }),
      added: true,
    };
  });
}

/** The cart of the customer with this id, with what catalog says of each line right now. */
export async function GetCart(id: number, repo: CartRepository, { catalog }: CartDeps): Promise<CartView> {
  const cart = await repo.find(id);
  if (cart === undefined || cart.lines.length === 0) return { lines: [], amount: 0, currency: null };
  const { items } = await catalog.getStock(cart.lines.map((line) => line.productId));
  const products = new Map(items.map((item) => [item.id, item]));
  const lines = cart.lines.map((line) => viewLine(line, products.get(line.productId)));
  const currencies = new Set(items.map((item) => item.currency));
  const amount = lines.reduce((sum, { currentPrice, qty }) => sum + (currentPrice ?? 0) * qty, 0);
  return {
    lines,
    amount: currencies.size > 1 ? null : amount,
    currency: currencies.size === 1 ? ([...currencies][0] ?? null) : null,
  };
}

export async function ChangeCartLine(
  customerId: number,
  lineId: number,
  qty: number,
  repo: CartRepository,
  { catalog }: CartDeps,
): Promise<CartLine> {
  const line = findLine(await repo.find(customerId), lineId);
  const product = await findProduct(catalog, line.productId);
  requireStock(product, qty);
  return repo.inTransaction(async (tx) => {
    const cart = await repo.lock(tx, customerId);
    findLine(cart, lineId);
    return repo.updateLine(tx, cart, lineId, { qty });
  });
}

export async function RemoveCartLine(
  customerId: number,
  lineId: number,
  repo: CartRepository,
): Promise<void> {
  await repo.inTransaction(async (tx) => {
    const cart = await repo.lock(tx, customerId);
    findLine(cart, lineId);
    await repo.removeLine(tx, cart, lineId);
  });
}

async function findProduct(catalog: CatalogClient, productId: number): Promise<StockItem> {
  const { items } = await catalog.getStock([productId]);
  const [product] = items;
  if (product === undefined)
    throw new AppError('not-found', 'product-not-found', `There is no product ${productId}.`);
  return product;
}

function findLine(cart: Cart | undefined, lineId: number): CartLine {
  const line = cart?.lines.find(({ id }) => id === lineId);
  if (line === undefined)
    throw new AppError('not-found', 'cart-line-not-found', `There is no line ${lineId} in the cart.`);
  return line;
}

function requireStock({ id, name, stock }: StockItem, requested: number): void {
  const available = Math.min(stock, maxQty);
  if (requested <= available) return;
  const message = `${name}: ${requested} wanted, ${available} available.`;
  const shortages = [{ productId: id, name, requested, available }];
  throw new AppError('conflict', 'insufficient-stock', message, {
    details: { requested, available, shortages },
  });
}

function requireRoom({ lines }: Cart): void {
  if (lines.length < maxLines) return;
  throw new AppError('conflict', 'cart-full', `A cart holds at most ${maxLines} different products.`);
}

function viewLine(line: CartLine, product: StockItem | undefined): LiveCartLine {
  const available = product?.stock ?? 0;
  const availability =
    product === undefined ? 'unavailable' : available < line.qty ? 'insufficient' : 'available';
  const priceChanged =
    product !== undefined && (product.price !== line.price || product.currency !== line.currency);
  return { ...line, availability, available, priceChanged, currentPrice: product?.price ?? null };
}
