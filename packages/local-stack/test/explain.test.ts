import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@shop/testing';
import { openShop, type TestShop } from './support/shop.ts';

const main = fileURLToPath(new URL('../dist/explain/main.js', import.meta.url));
let shop: TestShop;
let orderNumber: string;

beforeAll(async () => {
  shop = await openShop();
  const [customer, productId] = [await shop.customer(), await shop.product(5)];
  orderNumber = await customer.order(productId, 2);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');
  await customer.call('POST', `/orders/${orderNumber}/cancel`);
  await waitFor(async () => (await shop.findings()).length === 0, { what: 'the refund' });
  await shop.ledger.sql(
    'messaging',
    `INSERT INTO dead_letters (consumer, topic, key, headers, value, reason) VALUES
      ('catalog_service', 'CatalogEvents', '${orderNumber}', '{"ce_id": "lost", "ce_type": "CANCEL_ORDER"}', '', 'Error: no')`,
  );
}, 60_000);
afterAll(() => shop?.close(), 30_000);

const timeline = async () =>
  (await (await shop.admin()).call('GET', `/orders/${orderNumber}/timeline`)).body as {
    traceId: string;
    items: { at: string; service: string; kind: string; what: string; eventId?: string; traceId?: string }[];
    unavailable: string[];
  };

async function explain(...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...shop.environment } });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, out, err };
}

it('tells all that happened to an order, in order of time, with its trace', async () => {
  const { items, traceId, unavailable } = await timeline();
  expect(unavailable).toEqual([]);
  expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  const told = items.map(({ service, kind, what }) => `${service} ${kind} ${what}`);
  for (const expected of [
    /^order_service history created: the order is pending/,
    /^order_service event-added CREATE_ORDER on CatalogEvents, sent after \d+ ms/,
    /^catalog_service event-handled /,
    /^catalog_service reservation .* is released/,
    /^catalog_service stock stock of product \d+ moved by -2: order$/,
    /^catalog_service stock stock of product \d+ moved by 2: order-cancelled$/,
    /^catalog_service event-added STOCK_RESERVED on OrderEvents/,
    /^order_service event-handled /,
    /^payment_service payment payment pi_\w+ of 2500 usd, now succeeded$/,
    /^payment_service charge charge ch_\w+ of 2500 usd declined/,
    /^payment_service charge charge ch_\w+ of 2500 usd paid$/,
    /^payment_service refund refund re_\w+ of 2500 usd succeeded, asked for as rf_\w+$/,
    /^payment_service webhook payment_intent.succeeded evt_\w+ delivered$/,
    /^order_service history cancel-asked: the order is cancelled/,
  ])
    expect(told).toContainEqual(expect.stringMatching(expected));
  const times = items.map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(items.find(({ what }) => what.startsWith('CREATE_ORDER'))).toMatchObject({ traceId });
  const handled = items.filter(({ kind }) => kind === 'event-handled').map(({ eventId }) => eventId);
  const added = items.filter(({ kind, what }) => kind === 'event-added' && !what.includes('PaymentEvents'));
  for (const { eventId } of added) expect(handled).toContain(eventId);
  expect(handled).toContainEqual(expect.stringMatching(/^pi_\w+:refunded$/));
});

it('is a command that adds the dead letters, as text and as JSON', async () => {
  const { code, out } = await explain(orderNumber);
  expect(out).toMatch(new RegExp(`^Order ${orderNumber}, trace [0-9a-f]{32}\n`));
  expect(out).toMatch(/dead-letter +dead letter \d+: CANCEL_ORDER on CatalogEvents: Error: no {2}lost\n/);
  expect(code).toBe(0);
  expect(JSON.parse((await explain(orderNumber, '--json')).out)).toMatchObject({
    orderNumber,
    unavailable: [],
  });
}, 60_000);

it('fails for an order that is not there, and says how it is used', async () => {
  expect(await explain('NO-SUCH-ORDER')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no such order'),
  });
  expect(await explain()).toMatchObject({ code: 2, out: expect.stringContaining('npx pnpm explain ORDER') });
}, 60_000);

// Last, for Stripe stays away.
it('names a service that does not answer, and tells the rest', async () => {
  await shop.stack.fakeStripe?.stop();
  const { items, unavailable } = await timeline();
  expect(unavailable).toEqual(['payment_service']);
  expect(items.map(({ service }) => service)).toContain('catalog_service');
});
