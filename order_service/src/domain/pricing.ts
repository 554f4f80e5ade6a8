import type { StockItem } from '@shop/contracts';
import { AppError } from '@shop/service-kit';

export interface CartLine {
  readonly id: number;
  readonly productId: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly qty: number;
}

/** The total that the customer agreed to. */
export interface Agreement {
  readonly amount: number;
  readonly currency?: string;
}

export type PricedLine = {
  readonly productId: number;
  readonly itemName: string;
  readonly qty: number;
  readonly price: number;
};

export interface PricedCart {
  readonly amount: number;
  readonly currency: string;
  readonly lines: PricedLine[];
}

/** What an order may cost, in minor units; the upper bound is Stripe's. */
export interface AmountRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The cart at today's prices, if it can be ordered.
 * @throws AppError `conflict` saying what stands against it: `cart-empty`, `product-unavailable`,
 * `insufficient-stock`, `mixed-currencies`, `amount-out-of-range` or `price-changed`
 */
export function priceCart(
  cart: readonly CartLine[],
  catalog: readonly StockItem[],
  agreed: Agreement | undefined,
  range: AmountRange,
): PricedCart {
  if (cart.length === 0) throw new AppError('conflict', 'cart-empty', 'The cart is empty.');
  const products = new Map(catalog.map((item) => [item.id, item]));
  const pairs = cart.map((line) => ({ line, product: products.get(line.productId) }));
  const present = pairs.filter((pair): pair is Pair => pair.product !== undefined);
  refuseMissing(pairs.filter(({ product }) => product === undefined).map(({ line }) => line));
  refuseShortages(present);
  const currency = oneCurrency(present);
  const lines = present.map(({ line, product }) => ({
    productId: line.productId,
    itemName: product.name,
    qty: line.qty,
    price: product.price,
  }));
  const amount = lines.reduce((sum, { price, qty }) => sum + price * qty, 0);
  refuseOutOfRange(amount, range);
  refuseUnagreedPrice(present, { amount, currency }, agreed);
  return { amount, currency, lines };
}

/** For a page that shows what is the matter, and offers to mend it. */
const nameLine = ({ id, productId, name }: CartLine) => ({ lineItemId: id, productId, name });

interface Pair {
  readonly line: CartLine;
  readonly product: StockItem;
}

function refuseMissing(missing: readonly CartLine[]): void {
  if (missing.length === 0) return;
  const products = missing.map(nameLine);
  const names = missing.map(({ name }) => name).join(', ');
  const message = `No longer for sale: ${names}. Remove it from the cart to order the rest.`;
  throw new AppError('conflict', 'product-unavailable', message, { details: { products } });
}

function refuseShortages(pairs: readonly Pair[]): void {
  const shortages = pairs
    .filter(({ line, product }) => product.stock < line.qty)
    .map(({ line, product }) => ({ ...nameLine(line), requested: line.qty, available: product.stock }));
  if (shortages.length === 0) return;
  const message = 'There is less in stock than the cart asks for.';
  throw new AppError('conflict', 'insufficient-stock', message, { details: { shortages } });
}

function oneCurrency(pairs: readonly Pair[]): string {
  const currencies = [...new Set(pairs.map(({ product }) => product.currency))];
  const [currency] = currencies;
  if (currency !== undefined && currencies.length === 1) return currency;
  const message = `One order takes one currency; the cart has ${currencies.join(' and ')}.`;
  throw new AppError('conflict', 'mixed-currencies', message, { details: { currencies } });
}

function refuseOutOfRange(amount: number, { min, max }: AmountRange): void {
  if (amount >= min && amount <= max) return;
  const message = `An order must cost from ${min} to ${max} minor units; this one costs ${amount}.`;
  throw new AppError('conflict', 'amount-out-of-range', message, { details: { amount, min, max } });
}

/** Without an agreed total the prices in the cart are what the customer saw. */
function refuseUnagreedPrice(pairs: readonly Pair[], today: Price, agreed: Agreement | undefined): void {
  const changes = pairs
    .filter(({ line, product }) => product.price !== line.price || product.currency !== line.currency)
    .map(({ line, product }) => ({
      ...nameLine(line),
      from: line.price,
      fromCurrency: line.currency,
      to: product.price,
    }));
  const sameAmount =
    agreed?.amount === today.amount && (agreed.currency ?? today.currency) === today.currency;
  if (agreed === undefined ? changes.length === 0 : sameAmount) return;
  const message = `The order costs ${today.amount} ${today.currency} now. Send it again with this amount to agree.`;
  throw new AppError('conflict', 'price-changed', message, { details: { ...today, changes } });
}

interface Price {
  readonly amount: number;
  readonly currency: string;
}
