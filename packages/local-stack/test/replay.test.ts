import { runReplay } from '@shop/messaging';
import { withClient } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop?.close());

/** As `npx pnpm replay` runs it. */
async function replay(...args: string[]) {
  const said = { out: '', err: '' };
  const code = await runReplay(
    args,
    (schema, work) => withClient({ connectionString: shop.stack.databaseUrl(schema) }, work),
    {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    },
  );
  return { code, ...said };
}

const published = async () => {
  const texts = await Promise.all((['catalog', 'order', 'payment'] as const).map(shop.metrics));
  const counts = texts.flatMap((text) => [...text.matchAll(/^events_published_total\{.*\} (\d+)$/gm)]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

/** All that events could change. */
async function everything() {
  const { sql } = shop.ledger;
  return {
    orders: await sql('orders', 'SELECT * FROM orders ORDER BY id'),
    history: await sql('orders', 'SELECT * FROM order_history ORDER BY id'),
    ordersOut: await sql('orders', 'SELECT id, event_id FROM outbox ORDER BY id'),
    products: await sql('catalog', 'SELECT id, stock, version, updated_at FROM products ORDER BY id'),
    movements: await sql('catalog', 'SELECT * FROM stock_movements ORDER BY id'),
    catalogOut: await sql('catalog', 'SELECT id, event_id FROM outbox ORDER BY id'),
    payments: shop.stack.fakeStripe?.paymentIntents(),
    refunds: shop.stack.fakeStripe?.refunds(),
  };
}

it('sends past events again, and changes nothing that happened', async () => {
  const productId = await shop.product(20);
  const customer = await shop.customer();
  const paid = await customer.order(productId, 2);
  const cancelled = await customer.order(productId, 1);
  for (const order of [paid, cancelled]) {
    await customer.reaches(order, 'processing');
    await customer.pay(order);
    await customer.reaches(order, 'completed');
  }
  await customer.call('POST', `/orders/${cancelled}/cancel`);
  const refunded = async () => {
    const [{ status } = {}] = await shop.ledger.sql('orders', 'SELECT status FROM refunds');
    return status === 'succeeded' && shop.stack.fakeStripe?.undelivered() === 0;
  };
  await waitFor(refunded, { what: 'the refund, and all that Stripe says of it' });
  await shop.ledger.quiet();
  const [before, publishedBefore] = [await everything(), await published()];

  const dry = await replay('order_service');
  expect(dry).toMatchObject({ code: 0, err: '' });
  expect(dry.out).toContain('CatalogEvents  CREATE_ORDER  2  ');
  expect(dry.out).toContain('PaymentEvents  REFUND_PAYMENT  1  ');
  expect(dry.out).toContain('Nothing was sent');
  expect(await published()).toBe(publishedBefore);

  const counted = before.ordersOut.length + before.catalogOut.length;
  expect((await replay('order_service', '--send')).out).toContain(
    `Sent again: ${before.ordersOut.length}.\n`,
  );
  expect((await replay('catalog_service', '--send')).out).toContain(
    `Sent again: ${before.catalogOut.length}.\n`,
  );
  await shop.ledger.quiet();

  // Of what payment_service published once more there is no saying how often.
  expect(await published()).toBeGreaterThanOrEqual(publishedBefore + counted);
  expect(await everything()).toEqual(before);
  expect(await shop.ledger.contradictions()).toEqual([]);
});

it('sends only what was asked for', async () => {
  const productId = await shop.product(20);
  const customer = await shop.customer();
  const [one, other] = [await customer.order(productId, 1), await customer.order(productId, 1)];
  for (const order of [one, other]) await customer.reaches(order, 'processing');
  await shop.ledger.quiet();
  const replayedKeys = async (schema: 'orders' | 'catalog') =>
    (
      await shop.ledger.sql(
        schema,
        'SELECT key FROM outbox WHERE replayed_at IS NOT NULL AND key = ANY ($1) ORDER BY id',
        [[one, other, String(productId)]],
      )
    ).map(({ key }) => key);

  await replay('order_service', '--order', one, '--send');
  expect(await replayedKeys('orders')).toEqual([one]);
  await replay('catalog_service', '--topic', 'OrderEvents', '--order', other, '--send');
  expect(await replayedKeys('catalog')).toEqual([other]);
  expect((await replay('order_service', '--to', '2020-01-01T00:00:00Z', '--send')).out).toBe(
    'There are no such events.\n',
  );
  expect((await replay('order_service', '--from', new Date().toISOString())).out).toBe(
    'There are no such events.\n',
  );
});

it.each([
  [[], 2, ''],
  [['payment_service'], 2, ''],
  [['--help'], 0, ''],
  [['order_service', '--topic', 'OrderEvent'], 2, '--topic must be one of'],
  [['order_service', '--from', 'yesterday'], 2, 'yesterday is no time'],
  [['order_service', '--sned'], 2, '--sned'],
])('%j is %i', async (args, code, says) => {
  const { err, ...said } = await replay(...args);
  expect(said.code).toBe(code);
  expect(err).toContain(says);
});
