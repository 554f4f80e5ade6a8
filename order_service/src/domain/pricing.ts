import { fields, type Shortage, type StockItem } from '@shop/contracts';
import { rulesOf } from '@shop/money';
import { problem } from '../problems.ts';
import {
  type Adjustment,
  adjustmentOf,
  type CartCheckout,
  type DeliveryMethod,
  findDelivery,
  type OrderedCheckout,
  sumOf,
} from './delivery.ts';

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

/** The amount is the sum of the items and the adjustments. */
export interface PricedCart extends Total {
  readonly items: readonly OrderItem[];
  readonly adjustments: readonly Adjustment[];
  /** Of a cart with a checkout. */
  readonly checkout: OrderedCheckout | undefined;
}

/** What a cart is priced with. */
export interface PriceList {
  readonly catalog: readonly StockItem[];
  readonly deliveryMethods: readonly DeliveryMethod[];
  /** Where it is more than what can be charged at least, in minor units of any currency. */
  readonly leastAmount: number;
}

/**
 * The cart at current prices, if it can be ordered: if it is free, or can be paid.
 * @throws Problem `cart-empty`, `product-unavailable`, `insufficient-stock`, `mixed-currencies`, `delivery-unavailable`,
 * `amount-out-of-range` or `price-changed`
 */
export function priceCart(
  cart: { readonly lines: readonly CartLine[]; readonly checkout: CartCheckout | null },
  { catalog, deliveryMethods, leastAmount }: PriceList,
  agreed: Agreement,
): PricedCart {
  if (cart.lines.length === 0) throw problem('cart-empty');
  const lines = withProducts(cart.lines, catalog);
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
  const delivery = cart.checkout === null ? undefined : deliver(cart.checkout, deliveryMethods, currency);
  const adjustments = delivery?.adjustments ?? [];
  const amount = items.reduce((sum, { price, qty }) => sum + price * qty, sumOf(adjustments));
  requirePayable({ amount, currency }, leastAmount);
  requireAgreement(lines, delivery?.change, { amount, currency }, agreed);
  return { amount, currency, items, adjustments, checkout: delivery?.checkout };
}

interface DeliveryChange {
  readonly deliveryMethod: string;
  readonly from: number;
  readonly to: number;
}

/** With today's name and price of the method, as items have those of the products. */
function deliver(checkout: CartCheckout, methods: readonly DeliveryMethod[], currency: string) {
  const { email, shippingAddress, billingAddress = null, deliveryMethod, deliveryPrice } = checkout;
  const method = findDelivery(checkout, methods, [currency]);
  if (method === undefined) {
    const detail = `The shop does not deliver this cart by "${deliveryMethod}" any more. Choose another delivery method.`;
    throw problem('delivery-unavailable', { detail, deliveryMethod });
  }
  const { id, name, price } = method;
  const change: DeliveryChange | undefined =
    price === deliveryPrice ? undefined : { deliveryMethod, from: deliveryPrice, to: price };
  const ordered: OrderedCheckout = {
    contact: { email },
    shippingAddress,
    billingAddress,
    deliveryMethod: { id, name },
  };
  return { adjustments: [adjustmentOf(method)], checkout: ordered, change };
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
  delivery: DeliveryChange | undefined,
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
  if (agreed.amount === undefined ? changes.length === 0 && delivery === undefined : sameTotal) return;
  const detail = `The order costs ${amount} ${currency} now. Send it again with this amount to agree.`;
  throw problem('price-changed', { detail, amount, currency, changes, ...(delivery && { delivery }) });
}

export const priceChanged = ({ price, currency, product }: LineWithProduct) =>
  product.price !== price || product.currency !== currency;
