import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply, Shop } from './shop.ts';

/** A step that did not go as promised; the message says which, what came instead, and what to do. */
export class StepFailed extends Error {
  constructor(step: string, problem: string) {
    super(`${step}: ${problem}`);
    this.name = 'StepFailed';
  }
}

export type Say = (step: string, result: string) => void;

interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
}

const bought = 2;
/** As long as the events of a killed instance may wait for another to take over. */
const patienceMs = 60_000;

/**
 * A customer's whole way, from registration to the completed order, with the stock looked at before and after.
 * @throws StepFailed at the first step that is not as promised
 */
export async function walkPurchase(shop: Shop, say: Say): Promise<void> {
  await requireOpenShop(shop);
  const headers = { authorization: `Bearer ${await registerAndLogIn(shop, say)}` };
  const product = await chooseProduct(shop, say);
  const orderNumber = await orderIt(shop, product, headers, say);
  await waitForStatus(shop, orderNumber, 'processing', headers);
  say('stock reserved', `order ${orderNumber} is processing`);
  await payForIt(shop, orderNumber, headers, say);
  await waitForStatus(shop, orderNumber, 'completed', headers);
  say('order completed', `order ${orderNumber} is paid`);
  await checkStock(shop, product, say);
  await checkHistory(shop, orderNumber, headers, say);
}

async function requireOpenShop(shop: Shop): Promise<void> {
  try {
    await shop.call('GET', '/products?limit=1');
  } catch (error) {
    const cause = (error as Error).cause as Error | undefined;
    const why = cause?.message || (error as Error).message;
    throw new StepFailed('shop', `${shop.url} does not answer (${why}). Start it with: npx pnpm start`);
  }
}

async function registerAndLogIn(shop: Shop, say: Say): Promise<string> {
  const email = `demo-${randomUUID().slice(0, 8)}@shop.test`;
  const password = randomUUID();
  await expecting(
    201,
    'registered',
    shop.call('POST', '/register', { username: 'Demo Customer', email, password }),
  );
  say('registered', email);
  const login = await expecting(200, 'logged in', shop.call('POST', '/login', { email, password }));
  say('logged in', `token for ${login.body['expiresIn']} s`);
  return String(login.body['token']);
}

async function chooseProduct(shop: Shop, say: Say): Promise<Product> {
  const search = 'headphones';
  const found = await expecting(
    200,
    'searched',
    shop.call('GET', `/products?search=${search}&inStock=true&limit=20`),
  );
  const products = found.body['items'] as readonly Product[];
  const product = products.find(({ stock }) => stock >= bought);
  if (product === undefined)
    throw new StepFailed('searched', `no "${search}" with ${bought} in stock. Try: npx pnpm start --reset`);
  say(
    `searched "${search}"`,
    `${found.body['total']} found; chose ${product.name} at ${money(product)}, ${product.stock} in stock`,
  );
  return product;
}

async function orderIt(shop: Shop, product: Product, headers: Headers, say: Say): Promise<string> {
  const item = { productId: product.id, qty: bought };
  await expecting(201, 'put into the cart', shop.call('POST', '/cart', item, headers));
  const cart = await expecting(200, 'looked at the cart', shop.call('GET', '/cart', undefined, headers));
  say(
    'put into the cart',
    `${bought} × ${product.name}, in all ${cart.body['amount']} ${cart.body['currency']}`,
  );
  const keyed = { ...headers, 'idempotency-key': randomUUID() };
  const order = await expecting(201, 'ordered', shop.call('POST', '/orders', {}, keyed));
  const repeat = await expecting(201, 'ordered again', shop.call('POST', '/orders', {}, keyed));
  const orderNumber = String(order.body['orderNumber']);
  if (repeat.body['orderNumber'] !== orderNumber)
    throw new StepFailed('ordered again', 'the same key made a second order');
  say('ordered', `order ${orderNumber}; sent twice with one Idempotency-Key, made once`);
  return orderNumber;
}

async function payForIt(shop: Shop, orderNumber: string, headers: Headers, say: Say): Promise<void> {
  const created = await expecting(
    200,
    'payment created',
    shop.call('POST', '/create-payment', { orderNumber }, headers),
  );
  const payment = created.body['data'] as {
    paymentId: string;
    secret: string;
    pubKey: string;
    amount: number;
    currency: string;
  };
  say('payment created', `${payment.paymentId} over ${payment.amount} ${payment.currency}`);
  const paid = await expecting(200, 'paid by card', shop.payByCard(payment));
  if (paid.body['status'] !== 'succeeded')
    throw new StepFailed('paid by card', `Stripe says ${paid.body['status']}`);
  say('paid by card', 'Stripe says succeeded; its webhook tells the shop');
}

async function waitForStatus(
  shop: Shop,
  orderNumber: string,
  status: string,
  headers: Headers,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const order = await expecting(
      200,
      `waiting for ${status}`,
      shop.call('GET', `/orders/${orderNumber}`, undefined, headers),
    );
    const { status: now, reason } = order.body;
    if (now === status) return;
    // A webhook can be quicker than this look.
    if (status === 'processing' && now === 'completed') return;
    if (now === 'cancelled')
      throw new StepFailed(`waiting for ${status}`, `order ${orderNumber} was cancelled: ${reason}`);
    if (Date.now() > deadline)
      throw new StepFailed(`waiting for ${status}`, `order ${orderNumber} is still ${now}`);
    await delay(100);
  }
}

async function checkStock(shop: Shop, { id, stock }: Product, say: Say): Promise<void> {
  const reply = await expecting(
    200,
    'looked at the stock',
    shop.call('POST', '/products/stock', { ids: [id] }),
  );
  const [item] = reply.body['items'] as readonly Product[];
  const left = item?.stock ?? Number.NaN;
  // Other customers may have bought meanwhile; what must not be is that our pieces are still there.
  if (!(left <= stock - bought))
    throw new StepFailed('looked at the stock', `expected ${stock - bought}, found ${left}`);
  say('stock lower by what was bought', `${stock} → ${left}`);
}

async function checkHistory(shop: Shop, orderNumber: string, headers: Headers, say: Say): Promise<void> {
  const reply = await expecting(
    200,
    'looked at the history',
    shop.call('GET', `/orders/${orderNumber}`, undefined, headers),
  );
  const history = reply.body['history'] as readonly { status: string; cause: string }[];
  say('history', history.map(({ status, cause }) => `${status} (${cause})`).join(' → '));
}

type Headers = Readonly<Record<string, string>>;

async function expecting(status: number, step: string, reply: Promise<Reply>): Promise<Reply> {
  const { status: got, body } = await reply;
  if (got === status) return { status: got, body };
  throw new StepFailed(step, `expected ${status}, got ${got}: ${JSON.stringify(body)}`);
}

const money = ({ price, currency }: Product) => `${(price / 100).toFixed(2)} ${currency.toUpperCase()}`;
