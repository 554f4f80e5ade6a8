import { randomUUID } from 'node:crypto';
import { newIdempotencyKey, type OrderEvent, type ShopClient } from '@shop/client';
import { inWholeUnits } from '@shop/money';
import { logInAsAdministrator, shipAndTakeBack } from './after-purchase.ts';
import { type DemoSettings, expectData, openClient, payByCard, type Say, StepFailed } from './shop.ts';

interface Product {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly stock: number;
}

const bought = 2;
/** As long as the events of a killed instance may wait for another instance. */
const statusLimitMs = 60_000;

/**
 * A customer's whole way: a guest buys, and registers; the order is shipped, and one piece of it comes back. The stock is
 * looked at before and after.
 * @throws StepFailed at the first step that is not as promised
 */
export async function walkPurchase(settings: DemoSettings, say: Say): Promise<void> {
  const shop = openClient(settings);
  await requireOpenShop(settings);
  await expectData('became a guest', shop.createGuest());
  say('became a guest', 'who can buy without an account');
  const product = await chooseProduct(shop, say);
  const orderNumber = await placeOrder(shop, product, say);
  await waitForStatus(shop, orderNumber, 'processing');
  say('stock reserved', `order ${orderNumber} is processing`);
  await pay(shop, orderNumber, settings, say);
  await waitForStatus(shop, orderNumber, 'completed');
  say('order completed', `order ${orderNumber} is paid`);
  await checkStock(shop, product, say);
  await signUp(shop, say);
  const admin = await logInAsAdministrator(settings);
  if (admin !== undefined) await shipAndTakeBack(admin, { orderNumber, productId: product.id }, say);
  else say('not shipped', 'for want of the administrator: set SEED_ADMIN_EMAIL and SEED_ADMIN_PASSWORD');
  const { history } = await expectData('looked at the history', shop.getOrder({ orderNumber }));
  say('history', history.map(({ status, cause }) => `${status} (${cause})`).join(' → '));
}

const money = (amount: number | null, currency: string | null) =>
  `${inWholeUnits(amount ?? 0, currency ?? '')} ${currency?.toUpperCase()}`;

/** Asks once: a shop that is not there will not be there in a moment. */
async function requireOpenShop(settings: DemoSettings): Promise<void> {
  const { problem } = await openClient(settings, 0).listProducts({ limit: 1 });
  if (problem?.code !== 'network-error') return;
  throw new StepFailed('shop', `${problem.detail}. Start it with: npx pnpm start`);
}

async function signUp(shop: ShopClient, say: Say): Promise<void> {
  const email = `demo-${randomUUID().slice(0, 8)}@shop.test`;
  const account = { username: 'Demo Customer', email, password: randomUUID() };
  const { expiresIn } = await expectData('registered', shop.session.signUp(account));
  say('registered', `${email}, and keeps the order`);
  say('logged in', `token for ${expiresIn} s`);
}

async function chooseProduct(shop: ShopClient, say: Say): Promise<Product> {
  const search = 'headphones';
  const found = await expectData('searched', shop.listProducts({ search, inStock: true, limit: 20 }));
  const product = found.items.find(({ stock }) => stock >= bought);
  if (product === undefined)
    throw new StepFailed('searched', `no "${search}" with ${bought} in stock. Try: npx pnpm start --reset`);
  const { name, price, currency, stock } = product;
  say(
    `searched "${search}"`,
    `${found.total} found; chose ${name} at ${money(price, currency)}, ${stock} in stock`,
  );
  return product;
}

async function placeOrder(shop: ShopClient, { id, name }: Product, say: Say): Promise<string> {
  await expectData('put into the cart', shop.addToCart({ body: { productId: id, qty: bought } }));
  const cart = await expectData('looked at the cart', shop.getCart());
  say('put into the cart', `${bought} × ${name}, in all ${money(cart.amount, cart.currency)}`);
  const request = { body: {}, 'Idempotency-Key': newIdempotencyKey() };
  const { orderNumber } = await expectData('ordered', shop.createOrder(request));
  const retried = await expectData('ordered again', shop.createOrder(request));
  if (retried.orderNumber !== orderNumber)
    throw new StepFailed('ordered again', 'the same key made a second order');
  say('ordered', `order ${orderNumber}; sent twice with one Idempotency-Key, made once`);
  return orderNumber;
}

async function pay(shop: ShopClient, orderNumber: string, settings: DemoSettings, say: Say): Promise<void> {
  const { data } = await expectData('payment created', shop.createPayment({ body: { orderNumber } }));
  say('payment created', `${data.paymentId} over ${money(data.amount, data.currency)}`);
  await payByCard(settings, data);
  say('paid by card', 'Stripe says succeeded; its webhook tells the shop');
}

async function waitForStatus(
  shop: ShopClient,
  orderNumber: string,
  wanted: OrderEvent['status'],
): Promise<void> {
  const step = `waiting for ${wanted}`;
  const signal = AbortSignal.timeout(statusLimitMs);
  let last: string | undefined;
  for await (const { status, details } of shop.followOrder({ orderNumber }, { signal })) {
    if (status === wanted) return;
    if (status === 'cancelled')
      throw new StepFailed(step, `order ${orderNumber} was cancelled: ${JSON.stringify(details)}`);
    last = status;
  }
  throw new StepFailed(step, `order ${orderNumber} is still ${last}`);
}

async function checkStock(shop: ShopClient, { id, stock }: Product, say: Say): Promise<void> {
  const { items } = await expectData('looked at the stock', shop.lookUpStock({ body: { ids: [id] } }));
  const left = items[0]?.stock ?? Number.NaN;
  // Other customers may have bought meanwhile; what must not be is that our pieces are still there.
  if (!(left <= stock - bought))
    throw new StepFailed('looked at the stock', `expected ${stock - bought}, found ${left}`);
  say('stock lower by what was bought', `${stock} → ${left}`);
}
