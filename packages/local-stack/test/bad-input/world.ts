import { createHmac, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import type { Ledger } from '../support/ledger.ts';
import type { TestShop } from '../support/shop.ts';
import type { World } from './row.ts';
import { createTokens } from './tokens.ts';

const usedKey = 'used-before';

/** A shop in which there is something to lose: accounts, products, carts, orders in every state, a payment. */
export async function settle(shop: TestShop, dataDir: string): Promise<World> {
  const { jwtPrivateKey, webhookSecret } = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'));
  const [buyer, stranger, admin] = await Promise.all([shop.customer(), shop.customer(), shop.admin()]);
  const [productId, deletedProductId] = await Promise.all([shop.product(7), shop.product(3)]);
  await admin.call('DELETE', `/products/${deletedProductId}`);

  const cancelledOrder = await buyer.order(productId);
  await buyer.call('POST', `/orders/${cancelledOrder}/cancel`);
  const completedOrder = await buyer.order(productId);
  await buyer.reaches(completedOrder, 'processing');
  await buyer.pay(completedOrder);
  await buyer.reaches(completedOrder, 'completed');
  const processingOrder = await buyer.order(productId);
  await buyer.reaches(processingOrder, 'processing');
  const payment = await buyer.call('POST', '/create-payment', { orderNumber: processingOrder });
  const line = await buyer.call('POST', '/cart', { productId, qty: 1 });
  await orderWithKey(stranger, await shop.product(1));

  const { keys } = (await buyer.call('GET', '/.well-known/jwks.json')).body;
  return {
    urls: shop.stack.urls,
    tokens: createTokens(createPrivateKey(jwtPrivateKey), keys[0].kid, {
      buyer: await whoIs(buyer),
      stranger: await whoIs(stranger),
      admin: await whoIs(admin),
    }),
    productId,
    deletedProductId,
    email: buyer.email,
    lineItemId: line.body.id,
    processingOrder,
    completedOrder,
    cancelledOrder,
    paymentId: payment.body.data.paymentId,
    usedKey,
    signWebhook: (body, atSeconds = Math.floor(Date.now() / 1_000)) => {
      const signature = createHmac('sha256', webhookSecret).update(`${atSeconds}.${body}`).digest('hex');
      return `t=${atSeconds},v1=${signature}`;
    },
  };
}

async function orderWithKey(customer: Customer, productId: number): Promise<void> {
  await customer.call('POST', '/cart', { productId, qty: 1 });
  const order = await customer.call('POST', '/orders', {}, { 'idempotency-key': usedKey });
  await customer.reaches(order.body.orderNumber, 'processing');
}

async function whoIs(customer: Customer) {
  const { id, email, role } = (await customer.call('GET', '/validate')).body;
  return { id, email, role };
}

const schemas = ['users', 'catalog', 'orders', 'messaging'] as const;
/** Attempts are counted and refusals are told of, above all where nothing else may change. */
const notes = ['rate_limits', 'audit'];

/** A hash of every table of every service, and all that Stripe has. */
export async function snapshot({ ledger, stack }: TestShop): Promise<Record<string, unknown>> {
  const tables = await Promise.all(schemas.map((schema) => hashes(schema, ledger)));
  return {
    ...Object.fromEntries(tables.flat()),
    payments: stack.fakeStripe?.paymentIntents(),
    refunds: stack.fakeStripe?.refunds(),
  };
}

async function hashes(schema: (typeof schemas)[number], ledger: Ledger): Promise<[string, unknown][]> {
  const tables = await ledger.sql(
    schema,
    'SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> ALL ($2) ORDER BY tablename',
    [schema, notes],
  );
  return Promise.all(
    tables.map(async ({ tablename }): Promise<[string, unknown]> => {
      const text = `SELECT count(*)::int AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t::text)) AS hash
        FROM ${schema}."${tablename}" t`;
      const [row] = await ledger.sql(schema, text);
      return [`${schema}.${tablename}`, row];
    }),
  );
}

const waitingMails = 'SELECT id FROM mails WHERE next_try_at IS NOT NULL';

/** The snapshot once nothing is on its way any more, mails and webhooks included. */
export async function settledSnapshot(shop: TestShop): Promise<Record<string, unknown>> {
  await shop.ledger.quiet();
  await waitFor(async () => (await shop.ledger.sql('users', waitingMails)).length === 0, {
    timeoutMs: 10_000,
    what: 'all mails to be sent',
  });
  let last = '';
  return waitFor(
    async () => {
      const now = await snapshot(shop);
      const before = last;
      last = JSON.stringify(now);
      return before === last && now;
    },
    { timeoutMs: 10_000, what: 'the shop to be at rest' },
  );
}
