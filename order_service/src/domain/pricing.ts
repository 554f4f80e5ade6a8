import { fields, type Shortage, type StockItem } from '@shop/contracts';
import { rulesOf } from '@shop/money';
import { problem } from '../problems.ts';

export interface CartLine {
  readonly id: number;
  readonly productId: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly qty: number;
  readonly imageUrl: string | null;
}

interface Total {
  readonly amount: number;
  readonly currency: string;
}

/** The total that the customer agreed to, if the request says so. */
export type Agreement = Partial<Total>;

export interface OrderItem {
  readonly productId: number;
  readonly itemName: string;
  readonly qty: number;
  readonly price: number;
  readonly imageUrl: string | null;
}

export interface PricedCart extends Total {
  readonly items: readonly OrderItem[];
}

/**
 * The cart at current prices, if it can be ordered: if it is free, or can be paid.
 * @param leastAmount where it is more than what can be charged at least, in minor units of any currency
 * @throws Problem `cart-empty`, `product-unavailable`, `insufficient-stock`, `mixed-currencies`, `amount-out-of-range` or
 * `price-changed`
 */
export function priceCart(
  cart: readonly CartLine[],
  catalog: readonly StockItem[],
  agreed: Agreement,
  leastAmount: number,
): PricedCart {
  if (cart.length === 0) throw problem('cart-empty');
  const lines = withProducts(cart, catalog);
  const shortages = findShortages(lines);
  if (shortages.length > 0) throw problem('insufficient-stock', { shortages });
  const currency = oneCurrency(lines);
  // An order keeps today's names, prices and pictures, whatever becomes of the products.
  const items = lines.map(({ productId, qty, product: { name: itemName, price, imageUrl = null } }) => ({
    productId,
    itemName,
    qty,
    price,
    imageUrl,
  }));
  const amount = items.reduce((sum, { price, qty }) => sum + price * qty, 0);
  requirePayable({ amount, currency }, leastAmount);
  requireAgreement(lines, { amount, currency }, agreed);
  return { amount, currency, items };
}

type LineWithProduct = CartLine & { readonly product: StockItem };

function withProducts(cart: readonly CartLine[], catalog: readonly StockItem[]): LineWithProduct[] {
  const products = new Map(catalog.map((item) => [item.id, item]));
  const missing = cart.filter(({ productId }) => !products.has(productId));
  if (missing.length === 0)
    return cart.map((line) => ({ ...line, product: products.get(line.productId) as StockItem }));
  const names = missing.map(({ name }) => name).join(', ');
  const detail = `No longer for sale: ${names}. Remove it from the cart to order the rest.`;
  throw problem('product-unavailable', { detail, products: missing.map(nameLine) });
}

/** A line of the cart, or what is about to be one: then it has no id yet. */
type WantedLine = Pick<LineWithProduct, 'productId' | 'name' | 'qty' | 'product'> & {
  id?: number | undefined;
};

/** Every line that asks for more than there is. */
export const findShortages = (lines: readonly WantedLine[]): Shortage[] =>
  lines
    .map((line) => ({
      ...nameLine(line),
      requested: line.qty,
      available: Math.min(line.product.stock, fields.quantity.maximum),
    }))
    .filter(({ requested, available }) => requested > available);

/** For a page that shows what is wrong, and offers to change it. */
const nameLine = ({ id, productId, name }: Pick<WantedLine, 'id' | 'productId' | 'name'>) => ({
  ...(id !== undefined && { lineItemId: id }),
  productId,
  name,
});

function oneCurrency(lines: readonly LineWithProduct[]): string {
  const currencies = [...new Set(lines.map(({ product }) => product.currency))];
  const [currency = ''] = currencies;
  if (currencies.length === 1) return currency;
  const detail = `An order has one currency. The cart has ${currencies.join(' and ')}.`;
  throw problem('mixed-currencies', { detail, currencies });
}

/** Known before stock is held for it, not when Stripe is asked. */
function requirePayable({ amount, currency }: Total, leastAmount: number): void {
  const rules = rulesOf(currency);
  const min = Math.max(rules?.min ?? 0, leastAmount);
  const max = rules?.max ?? 0;
  if (amount === 0 || (amount >= min && amount <= max)) return;
  const detail = `An order in ${currency} must cost from ${min} to ${max} minor units, or nothing. This one costs ${amount}.`;
  throw problem('amount-out-of-range', { detail, amount, currency, min, max });
}

/** Without an agreed total the prices in the cart are what the customer saw. */
function requireAgreement(
  lines: readonly LineWithProduct[],
  { amount, currency }: Total,
  agreed: Agreement,
): void {
  const changes = lines.filter(priceChanged).map((line) => ({
    ...nameLine(line),
    from: line.price,
    fromCurrency: line.currency,
    to: line.product.price,
  }));
  const sameTotal = agreed.amount === amount && (agreed.currency ?? currency) === currency;
  if (agreed.amount === undefined ? changes.length === 0 : sameTotal) return;
  const detail = `The order costs ${amount} ${currency} now. Send it again with this amount to agree.`;
  throw problem('price-changed', { detail, amount, currency, changes });
}

export const priceChanged = ({ price, currency, product }: LineWithProduct) =>
  product.price !== price || product.currency !== currency;
