import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inWholeUnits } from '@shop/money';
import { createShop, type DemoSettings, type Shop, StepFailed } from './shop.ts';

export type Say = (step: string, result: string) => void;

interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
}

interface Payment {
  readonly paymentId: string;
  readonly secret: string;
  readonly pubKey: string;
  readonly amount: number;
  readonly currency: string;
}

const bought = 2;
/** As long as the events of a killed instance may wait for another instance. */
const statusLimitMs = 60_000;

/**
 * A customer's whole way, from registration to the completed order, with the stock looked at before and after.
 * @throws StepFailed at the first step that is not as promised
 */
export async function walkPurchase(settings: DemoSettings, say: Say): Promise<void> {
  const visitor = createShop(settings);
  await requireOpenShop(visitor, settings.shopApiUrl);
  const customer = createShop(settings, await registerAndLogIn(visitor, say));
  const product = await chooseProduct(customer, say);
  const orderNumber = await placeOrder(customer, product, say);
  await waitForStatus(customer, orderNumber, 'processing');
  say('stock reserved', `order ${orderNumber} is processing`);
  await pay(customer, orderNumber, say);
  await waitForStatus(customer, orderNumber, 'completed');
  say('order completed', `order ${orderNumber} is paid`);
  await checkStock(customer, product, say);
  const order = await customer.expect(200, 'looked at the history', { path: `/orders/${orderNumber}` });
  const history = order['history'] as readonly { status: string; cause: string }[];
  say('history', history.map(({ status, cause }) => `${status} (${cause})`).join(' → '));
}

const money = (amount: unknown, currency: unknown) =>
  `${inWholeUnits(Number(amount), String(currency))} ${String(currency).toUpperCase()}`;

async function requireOpenShop(shop: Shop, url: string): Promise<void> {
  try {
    await shop.expect(200, 'shop', { path: '/products?limit=1' });
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    const { cause, message } = error as Error & { cause?: Error };
    const why = cause?.message || message;
    throw new StepFailed('shop', `${url} does not answer (${why}). Start it with: npx pnpm start`);
  }
}

async function registerAndLogIn(shop: Shop, say: Say): Promise<string> {
  const email = `demo-${randomUUID().slice(0, 8)}@shop.test`;
  const password = randomUUID();
  const account = { username: 'Demo Customer', email, password };
  await shop.expect(201, 'registered', { method: 'POST', path: '/register', body: account });
  say('registered', email);
  const credentials = { email, password };
  const login = await shop.expect(200, 'logged in', { method: 'POST', path: '/login', body: credentials });
  say('logged in', `token for ${login['expiresIn']} s`);
  return String(login['token']);
}

async function chooseProduct(shop: Shop, say: Say): Promise<Product> {
  const search = 'headphones';
  const found = await shop.expect(200, 'searched', {
    path: `/products?search=${search}&inStock=true&limit=20`,
  });
  const product = (found['items'] as readonly Product[]).find(({ stock }) => stock >= bought);
  if (product === undefined)
    throw new StepFailed('searched', `no "${search}" with ${bought} in stock. Try: npx pnpm start --reset`);
  const { name, price, currency, stock } = product;
  say(
    `searched "${search}"`,
    `${found['total']} found; chose ${name} at ${money(price, currency)}, ${stock} in stock`,
  );
  return product;
}

async function placeOrder(shop: Shop, { id, name }: Product, say: Say): Promise<string> {
  const line = { productId: id, qty: bought };
  await shop.expect(201, 'put into the cart', { method: 'POST', path: '/cart', body: line });
  const cart = await shop.expect(200, 'looked at the cart', { path: '/cart' });
  say('put into the cart', `${bought} × ${name}, in all ${money(cart['amount'], cart['currency'])}`);
  const request = { method: 'POST', path: '/orders', body: {}, idempotencyKey: randomUUID() } as const;
  const { orderNumber } = await shop.expect(201, 'ordered', request);
  const retried = await shop.expect(201, 'ordered again', request);
  if (retried['orderNumber'] !== orderNumber)
    throw new StepFailed('ordered again', 'the same key made a second order');
  say('ordered', `order ${orderNumber}; sent twice with one Idempotency-Key, made once`);
  return String(orderNumber);
}

async function pay(shop: Shop, orderNumber: string, say: Say): Promise<void> {
  const request = { method: 'POST', path: '/create-payment', body: { orderNumber } } as const;
  const created = await shop.expect(200, 'payment created', request);
  const payment = created['data'] as Payment;
  say('payment created', `${payment.paymentId} over ${money(payment.amount, payment.currency)}`);
  const { status } = await shop.payByCard(payment);
  if (status !== 'succeeded') throw new StepFailed('paid by card', `Stripe says ${status}`);
  say('paid by card', 'Stripe says succeeded; its webhook tells the shop');
}

async function waitForStatus(shop: Shop, orderNumber: string, wanted: string): Promise<void> {
  const step = `waiting for ${wanted}`;
  const deadline = Date.now() + statusLimitMs;
  for (;;) {
    const { status, reason } = await shop.expect(200, step, { path: `/orders/${orderNumber}` });
    if (status === wanted) return;
    // A webhook can be quicker than this look.
    if (wanted === 'processing' && status === 'completed') return;
    if (status === 'cancelled') throw new StepFailed(step, `order ${orderNumber} was cancelled: ${reason}`);
    if (Date.now() > deadline) throw new StepFailed(step, `order ${orderNumber} is still ${status}`);
    await delay(100);
  }
}

async function checkStock(shop: Shop, { id, stock }: Product, say: Say): Promise<void> {
  const request = { method: 'POST', path: '/products/stock', body: { ids: [id] } } as const;
  const reply = await shop.expect(200, 'looked at the stock', request);
  const [item] = reply['items'] as readonly Product[];
  const left = item?.stock ?? Number.NaN;
  // Other customers may have bought meanwhile; what must not be is that our pieces are still there.
  if (!(left <= stock - bought))
    throw new StepFailed('looked at the stock', `expected ${stock - bought}, found ${left}`);
  say('stock lower by what was bought', `${stock} → ${left}`);
}
