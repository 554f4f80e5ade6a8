import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { withClient } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { Customer } from './support/customers.ts';
import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
let customer: Customer;

beforeAll(async () => {
  shop = await openShop();
  customer = await shop.customer();
}, 60_000);
afterAll(() => shop?.close(), 30_000);

/** A paid order of two pieces of a product of its own. */
async function completed(): Promise<{ productId: number; orderNumber: string; paymentId: string }> {
  const productId = await shop.product(5);
  const orderNumber = await customer.order(productId, 2);
  await customer.reaches(orderNumber, 'processing');
  const { id: paymentId } = (await customer.pay(orderNumber)).body;
  await customer.reaches(orderNumber, 'completed');
  await shop.ledger.quiet();
  return { productId, orderNumber, paymentId };
}

async function cancelled(): Promise<{ productId: number; orderNumber: string; paymentId: string }> {
  const order = await completed();
  await customer.call('POST', `/orders/${order.orderNumber}/cancel`);
  await waitFor(async () => (await shop.findings()).length === 0, { what: 'the refund' });
  return order;
}

/** What the doctor says after a statement that it must notice, which is undone by the other one. */
async function foundAfter(schema: 'catalog' | 'orders', damage: string, repair: string): Promise<string[]> {
  const before = await shop.findings();
  expect(before).toEqual([]);
  await shop.ledger.sql(schema, damage);
  try {
    const found = await shop.findings();
    for (const { advice, what } of found)
      expect([advice, what]).toEqual([expect.any(String), expect.any(String)]);
    return found.map(({ fault, orderNumber = '', productId = '' }) =>
      `${fault} ${orderNumber} ${productId}`.trim(),
    );
  } finally {
    await shop.ledger.sql(schema, repair);
  }
}

it('finds nothing in a shop where orders were paid, declined, refused, cancelled and refunded', async () => {
  const productId = await shop.product(3);
  const orderNumber = await customer.order(productId, 3);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined');
  await customer.call('POST', `/orders/${orderNumber}/cancel`);
  await completed();
  await cancelled();
  const free = await customer.order(await shop.product(3, 0), 2);
  await customer.reaches(free, 'completed');
  await waitFor(async () => (await shop.findings()).length === 0);
  expect(await shop.findings()).toEqual([]);
});

/** Takes rows out of a table, and puts them back. */
const without = (table: string, where: string) =>
  [
    `CREATE TABLE kept AS SELECT * FROM ${table} WHERE ${where}; DELETE FROM ${table} WHERE ${where}`,
    `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept`,
  ] as const;

describe('names', () => {
  let done: Awaited<ReturnType<typeof completed>>;
  let undone: typeof done;
  beforeAll(async () => {
    done = await completed();
    undone = await cancelled();
  }, 30_000);
  const doneOrder = () => `${done.orderNumber}`;
  const undoneOrder = () => `${undone.orderNumber}`;
  const movement = (order: string, delta: number) =>
    `WITH product AS (UPDATE products SET stock = stock + ${delta}, version = version + 1
       WHERE id = (SELECT product_id FROM stock_movements WHERE order_number = '${order}' LIMIT 1) RETURNING *)
     INSERT INTO stock_movements (product_id, delta, reason, order_number, version)
     SELECT id, ${delta}, 'order', '${order}', version FROM product`;
  const noMovement = (order: string, delta: number) =>
    `DELETE FROM stock_movements WHERE id = (SELECT max(id) FROM stock_movements WHERE order_number = '${order}');
     UPDATE products SET stock = stock - ${delta}, version = version - 1
     WHERE id = (SELECT product_id FROM stock_movements WHERE order_number = '${order}' LIMIT 1)`;

  it('a product whose stock is not the sum of its movements', async () => {
    const id = done.productId;
    const change = (by: number) => `UPDATE products SET stock = stock + ${by} WHERE id = ${id}`;
    expect(await foundAfter('catalog', change(2), change(-2))).toEqual([`stock-sum  ${id}`]);
  });

  it('a product that was sold beyond its stock', async () => {
    const id = done.productId;
    const sold = `INSERT INTO stock_movements (product_id, delta, reason, version)
      VALUES (${id}, -9, 'adjustment', 98), (${id}, 9, 'adjustment', 99)`;
    const undo = `DELETE FROM stock_movements WHERE product_id = ${id} AND version > 90`;
    expect(await foundAfter('catalog', sold, undo)).toEqual([`sold-beyond-stock  ${id}`]);
  });

  it('an order that a customer was told of and that is not there', async () => {
    const told = `INSERT INTO idempotency_keys (customer_id, route, key, body_hash, reply)
      VALUES (1, 'POST /orders', 'lost', '', '{"orderNumber": "order-lost"}')`;
    const undo = `DELETE FROM idempotency_keys WHERE key = 'lost'`;
    expect(await foundAfter('orders', told, undo)).toEqual(['order-missing order-lost']);
  });

  it('an order for which stock was taken and that is not there', async () => {
    const order = { old: doneOrder(), new: 'order-gone' };
    const rename = (from: string, to: string) =>
      `UPDATE stock_movements SET order_number = '${to}' WHERE order_number = '${from}'`;
    expect(await foundAfter('catalog', rename(order.old, order.new), rename(order.new, order.old))).toEqual([
      `stock-not-taken ${order.old} ${done.productId}`,
      `order-missing ${order.new} ${done.productId}`,
    ]);
  });

  it('an order whose time is over', async () => {
    const orderNumber = await customer.order(await shop.product(1));
    await customer.reaches(orderNumber, 'processing');
    await waitFor(async () => (await shop.findings()).length === 0);
    const expire = (by: string) =>
      `UPDATE orders SET expires_at = now() ${by}, due_at = NULL WHERE order_number = '${orderNumber}'`;
    expect(await foundAfter('orders', expire("- interval '1 day'"), expire("+ interval '1 day'"))).toEqual([
      `order-overdue ${orderNumber}`,
    ]);
    await customer.call('POST', `/orders/${orderNumber}/cancel`);
    await waitFor(async () => (await shop.findings()).length === 0);
  });

  it('an order without a reservation', async () => {
    const rows = without('stock_reservations', `order_number = '${doneOrder()}'`);
    expect(await foundAfter('catalog', ...rows)).toEqual([`reservation-missing ${doneOrder()}`]);
  });

  it('an order whose stock was taken twice', async () => {
    const found = await foundAfter('catalog', movement(doneOrder(), -2), noMovement(doneOrder(), -2));
    expect(found).toEqual([`stock-not-taken ${doneOrder()} ${done.productId}`]);
  });

  it('a cancelled order whose stock was put back twice', async () => {
    const found = await foundAfter('catalog', movement(undoneOrder(), 2), noMovement(undoneOrder(), 2));
    expect(found).toEqual([`stock-not-returned ${undoneOrder()} ${undone.productId}`]);
  });

  it('a completed order without a payment', async () => {
    const [order, payment] = [doneOrder(), done.paymentId];
    const pay = (id: string) => `UPDATE orders SET payment_id = ${id} WHERE order_number = '${order}'`;
    expect(await foundAfter('orders', pay('NULL'), pay(`'${payment}'`))).toContain(
      `payment-missing ${order}`,
    );
  });

  const shipment = (order: string, productId: number, qty: number) =>
    [
      `WITH sent AS (
         INSERT INTO shipments (order_id, carrier, tracking)
         SELECT id, 'DHL', 'wrong' FROM orders WHERE order_number = '${order}' RETURNING id
       )
       INSERT INTO shipment_lines (shipment_id, product_id, qty) SELECT id, ${productId}, ${qty} FROM sent`,
      `DELETE FROM shipments WHERE tracking = 'wrong'`,
    ] as const;

  it('an order of which more was shipped than was ordered', async () => {
    const { productId } = done;
    expect(await foundAfter('orders', ...shipment(doneOrder(), productId, 3))).toEqual([
      `shipped-beyond-order ${doneOrder()} ${productId}`,
    ]);
  });

  it('an order that was shipped and is cancelled', async () => {
    expect(await foundAfter('orders', ...shipment(undoneOrder(), undone.productId, 2))).toEqual([
      `shipped-not-completed ${undoneOrder()}`,
      `stock-not-returned ${undoneOrder()} ${undone.productId}`,
    ]);
  });

  it('a refund that the order does not know, and pieces that came back and are not on the shelf', async () => {
    const { orderNumber, productId } = await completed();
    const admin = await shop.admin();
    const body = { reason: 'broken', lines: [{ productId, qty: 1, restock: true }] };
    expect((await admin.call('POST', `/orders/${orderNumber}/refunds`, body)).status).toBe(202);
    await waitFor(async () => (await shop.stockOf(productId)) === 4);
    await waitFor(async () => (await shop.findings()).length === 0);
    const status = (from: string, to: string) =>
      `UPDATE refunds SET status = '${to}' WHERE status = '${from}' AND amount > 0
         AND order_id = (SELECT id FROM orders WHERE order_number = '${orderNumber}')`;
    expect(await foundAfter('orders', status('succeeded', 'failed'), status('failed', 'succeeded'))).toEqual([
      `refund-wrong ${orderNumber}`,
    ]);
    const found = await foundAfter('catalog', noMovement(orderNumber, 1), movement(orderNumber, 1));
    expect(found).toEqual([`stock-not-taken ${orderNumber} ${productId}`]);
  });

  it('an event that its consumer has not handled, unless it is in a dead letter', async () => {
    const [{ event_id: eventId } = {}] = await shop.ledger.sql(
      'orders',
      `SELECT event_id FROM outbox WHERE key = '${doneOrder()}' AND type = 'CREATE_ORDER'`,
    );
    const rows = without('inbox', `event_id = '${eventId}'`);
    expect(await foundAfter('catalog', ...rows)).toEqual([`event-not-handled ${doneOrder()}`]);

    await shop.ledger.sql(
      'messaging',
      `INSERT INTO dead_letters (consumer, topic, key, headers, value, reason) VALUES
        ('catalog_service', 'CatalogEvents', 'key', '{"ce_id": "${eventId}"}', '', 'Error: no')`,
    );
    expect(await foundAfter('catalog', ...rows)).toEqual([]);
    await shop.ledger.sql('messaging', 'DELETE FROM dead_letters');
  });

  it('an event that was not sent', async () => {
    // Of a topic whose relay does not lead to a consumer that would take it.
    const event = `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
      VALUES ('unsent', 'NoTopic', '${doneOrder()}', 'CREATE_ORDER', '{}', '{}')`;
    expect(await foundAfter('orders', event, `DELETE FROM outbox WHERE event_id = 'unsent'`)).toEqual([
      `event-not-sent ${doneOrder()}`,
    ]);
  });
});

it('does not judge what is under way', async () => {
  const { orderNumber } = await completed();
  const rows = without('stock_reservations', `order_number = '${orderNumber}'`);
  await shop.ledger.sql('catalog', rows[0]);
  expect(await shop.findings(60)).toEqual([]);
  expect(await shop.findings()).toHaveLength(1);
  await shop.ledger.sql('catalog', rows[1]);
});

it('can read three schemas, and change nothing', async () => {
  const asDoctor = (text: string) =>
    withClient(
      { connectionString: shop.doctorUrl, options: '-c default_transaction_read_only=off' },
      (client) => client.query(text),
    );
  await asDoctor('SELECT FROM catalog.products, orders.orders, messaging.dead_letters LIMIT 1');
  for (const text of ['SELECT FROM users.users', 'DELETE FROM orders.orders', 'CREATE TABLE public.mine ()'])
    await expect(asDoctor(text)).rejects.toThrow(/permission denied/);
});

const main = fileURLToPath(new URL('../dist/doctor/main.js', import.meta.url));

describe('the command', () => {
  const run = async (...args: string[]) => {
    const env = { ...process.env, ...shop.environment };
    const child = spawn(process.execPath, [main, ...args], { env });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { code, out, err };
  };

  it('says that everything holds, and exits with 0', async () => {
    const { code, out } = await run('--settle', '0s');
    expect(out).toMatch(/^Looked at \d+ products.*\nEverything holds\.\n$/);
    expect(code).toBe(0);
  });

  it('names what does not hold with what to do, as text and as JSON, and exits with 1', async () => {
    const productId = await shop.product(5);
    await shop.ledger.sql('catalog', `UPDATE products SET stock = 7 WHERE id = ${productId}`);
    const { code, out } = await run();
    expect(out).toContain(
      `1 stock-sum  product ${productId}  its stock is 7, and its movements add up to 5\n    Compare the movements`,
    );
    expect(code).toBe(1);
    const json = await run('--json', '--since', '1h');
    expect(JSON.parse(json.out)).toMatchObject({
      findings: [{ fault: 'stock-sum', invariant: 1, productId }],
    });
    expect(json.code).toBe(1);
    await shop.ledger.sql('catalog', `UPDATE products SET stock = 5 WHERE id = ${productId}`);
  });

  it.each([['--since', 'yesterday'], ['--what']])('exits with 2 when asked for %s %s', async (...args) => {
    expect(await run(...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--help') });
  });
});

// Last, for what was paid at Stripe cannot be undone.
describe('names, by what Stripe says,', () => {
  async function stripe(path: string, body: Record<string, string>): Promise<{ id: string }> {
    const response = await fetch(`${shop.stack.urls.stripe}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_offline' },
      body: new URLSearchParams(body),
    });
    return (await response.json()) as { id: string };
  }

  /** A payment that the shop does not hear of. */
  async function pay(orderNumber: string): Promise<string> {
    const metadata = { 'metadata[order_number]': orderNumber, 'metadata[customer_id]': '1' };
    const { id } = await stripe('payment_intents', { amount: '2500', currency: 'usd', ...metadata });
    await stripe(`payment_intents/${id}/confirm`, { payment_method: 'pm_card_visa' });
    return id;
  }

  const refund = (id: string, amount: string) => stripe('refunds', { payment_intent: id, amount });

  const faultsOf = async (order: string) =>
    (await shop.findings()).filter(({ orderNumber }) => orderNumber === order).map(({ fault }) => fault);

  /** Orders whose later webhooks are lost. */
  async function withoutWebhooks<T>(order: Promise<T>): Promise<T> {
    const made = await order;
    shop.stack.fakeStripe?.faults.set({ webhooks: 'lose' });
    return made;
  }
  beforeEach(() => shop.stack.fakeStripe?.faults.reset());

  it('a cancelled order whose payment was kept, refunded in parts, or left open', async () => {
    const { orderNumber } = await withoutWebhooks(cancelled());
    const kept = await pay(orderNumber);
    expect(await faultsOf(orderNumber)).toEqual(['payment-kept']);
    await refund(kept, '1000');
    expect(await faultsOf(orderNumber)).toEqual(['payment-kept']);
    await refund(kept, '1500');
    expect(await faultsOf(orderNumber)).toEqual([]);
    await stripe('payment_intents', {
      amount: '2500',
      currency: 'usd',
      'metadata[order_number]': orderNumber,
    });
    expect(await faultsOf(orderNumber)).toEqual(['payment-open']);
  });

  it('a completed order that was paid twice, or whose payment was given back', async () => {
    const { orderNumber, paymentId } = await withoutWebhooks(completed());
    await pay(orderNumber);
    expect(await faultsOf(orderNumber)).toEqual(['payment-doubled']);
    await refund(paymentId, '2500');
    expect(await faultsOf(orderNumber)).toEqual(['refund-wrong', 'payment-doubled', 'payment-missing']);
  });

  it('a payment for an order that is not there', async () => {
    await withoutWebhooks(Promise.resolve());
    await pay('order-unknown');
    expect(await faultsOf('order-unknown')).toEqual(['order-missing']);
  });
});
