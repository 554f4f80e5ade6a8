import { waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

const started: Harness[] = [];
afterAll(() => Promise.all(started.map((shop) => shop.stop())));

/** The sweeper looks every 20 ms here. */
async function start(settings: Record<string, string> = {}): Promise<Harness> {
  const shop = await startHarness({ settings: { SWEEP_MS: '20', ...settings } });
  started.push(shop);
  return shop;
}

const putBack = (orderNumber: string, reason: string) => ({
  type: 'CANCEL_ORDER',
  data: { orderNumber, reason },
});
const ask = (type: string, orderNumber: string, paymentId: string) => ({
  type,
  data: { orderNumber, paymentId, reason: expect.any(String) },
});

/** Lets the time of the order's present status be over. */
const timePasses = (shop: Harness, ...orderNumbers: string[]) =>
  shop.database.sql(
    `UPDATE orders SET expires_at = now() - interval '1 ms', due_at = now() - interval '1 ms'
     WHERE order_number = ANY($1)`,
    [orderNumbers],
  );

const cancelled = (shop: Harness, orderNumber: string) =>
  waitFor(async () => {
    const order = await shop.look(orderNumber);
    return order.status === 'cancelled' && order;
  });

describe('with the windows of production', () => {
  let shop: Harness;
  beforeAll(async () => {
    shop = await start();
  });

  it('gives catalog 5 minutes and the customer 30', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    const secondsLeft = async () => {
      const [row] = await shop.database.sql<{ expires: number; due: number }>(
        `SELECT extract(epoch FROM expires_at - now())::float AS expires,
                extract(epoch FROM due_at - now())::float AS due FROM orders WHERE order_number = $1`,
        [orderNumber],
      );
      return row as { expires: number; due: number };
    };
    const about = (seconds: number) => expect.closeTo(seconds, -1.5);

    expect(await secondsLeft()).toEqual({ expires: about(300), due: about(300) });
    await shop.reserved(orderNumber);
    expect(await secondsLeft()).toEqual({ expires: about(1800), due: about(1800) });
    await shop.payment(orderNumber, 'pi_windows', 'created');
    expect(await secondsLeft()).toEqual({ expires: about(1800), due: about(120) });
    await shop.payment(orderNumber, 'pi_windows', 'succeeded');
    expect((await secondsLeft()).due).toBeNull();
  });

  it('leaves orders alone whose time is not over', async () => {
    const [pending, processing, sentinel] = [
      await shop.order(shop.newCustomer()),
      await shop.order(shop.newCustomer(), 'processing'),
      await shop.order(shop.newCustomer()),
    ];

    await timePasses(shop, sentinel);
    await cancelled(shop, sentinel);

    expect(await shop.look(pending)).toMatchObject({ status: 'pending' });
    expect(await shop.look(processing)).toMatchObject({ status: 'processing' });
  });

  it('leaves orders alone that have ended', async () => {
    const paid = await shop.order(shop.newCustomer(), 'completed');
    const [before, sentinel] = [await shop.look(paid), await shop.order(shop.newCustomer())];

    await timePasses(shop, paid, sentinel);
    await cancelled(shop, sentinel);

    expect(await shop.look(paid)).toEqual(before);
    expect(await shop.commands(paid)).toEqual([]);
  });

  it('asks Stripe for its verdict when an order with a payment is over time, and follows it: cancelled', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_over', 'created');

    await timePasses(shop, orderNumber);
    await waitFor(async () => (await shop.commands(orderNumber)).length > 0);

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: 'pi_over' });
    await shop.payment(orderNumber, 'pi_over', 'cancelled');
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'payment-expired' });
    expect(await shop.commands(orderNumber)).toEqual([
      ask('CANCEL_PAYMENT', orderNumber, 'pi_over'),
      putBack(orderNumber, 'payment-expired'),
    ]);
  });

  it('asks Stripe for its verdict, and follows it: paid', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_just_in_time', 'created');

    await timePasses(shop, orderNumber);
    await waitFor(async () => (await shop.commands(orderNumber)).length > 0);
    await shop.payment(orderNumber, 'pi_just_in_time', 'succeeded');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed' });
    expect(await shop.commands(orderNumber)).toEqual([ask('CANCEL_PAYMENT', orderNumber, 'pi_just_in_time')]);
  });

  it('ends an order whose payment was given back, although no more news of it will come', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_wrong', 'created');
    await shop.payment(orderNumber, 'pi_wrong', 'succeeded', { amount: 1, currency: 'eur' });
    await shop.payment(orderNumber, 'pi_wrong', 'refunded');

    await timePasses(shop, orderNumber);

    expect(await cancelled(shop, orderNumber)).toMatchObject({ reason: 'payment-expired' });
    expect(await shop.commands(orderNumber)).toEqual([
      ask('REFUND_PAYMENT', orderNumber, 'pi_wrong'),
      putBack(orderNumber, 'payment-expired'),
    ]);
  });

  it('sends once per order, though two instances sweep at the same moment', async () => {
    const second = await shop.startInstance();
    // More than one sweep takes, and all of them due when the first instance looks.
    const rows = await shop.database.sql<{ order_number: string }>(
      `INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at, due_at)
       SELECT 'OVERDUE-' || n, 1, n, 0, 1000, 'eur', 'pending', now(), now() FROM generate_series(1, 120) n
       RETURNING order_number`,
    );
    const orders = rows.map((row) => row.order_number);
    const pending = () =>
      shop.database.sql(`SELECT FROM orders WHERE status = 'pending' AND order_number = ANY($1)`, [orders]);

    await waitFor(async () => (await pending()).length === 0);

    const sent = await shop.database.sql<{ key: string }>(
      `SELECT key FROM outbox WHERE type <> 'CREATE_ORDER' AND key = ANY($1)`,
      [orders],
    );
    expect(sent.map(({ key }) => key).sort()).toEqual([...orders].sort());
    const lines = await shop.database.sql(
      `SELECT FROM order_history WHERE cause = 'window-over'
       AND order_id IN (SELECT id FROM orders WHERE order_number = ANY($1))`,
      [orders],
    );
    expect(lines).toHaveLength(120);
    await second.stop();
  });
});

it('passes over an order that fails, and loses nothing of the others', async () => {
  const shop = await start();
  // Its number fits no event, so its CANCEL_ORDER cannot be said.
  await shop.database.sql(
    `INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at, due_at)
     SELECT number, 1, n, 0, 1000, 'eur', 'pending', now(), now() - n * interval '1 second'
     FROM unnest(ARRAY['OVERDUE-1', '!', 'OVERDUE-2']) WITH ORDINALITY AS made (number, n)`,
  );

  await cancelled(shop, 'OVERDUE-1');
  await cancelled(shop, 'OVERDUE-2');
  const failures = () => shop.logs.filter(({ msg }) => msg.startsWith('an order could not be swept'));
  await waitFor(() => failures().length >= 2, { what: 'another try' });

  expect(failures()[0]).toMatchObject({ orderNumber: '!' });
  const rows = await shop.database.sql(`SELECT status FROM orders WHERE order_number = '!'`);
  expect(rows).toEqual([{ status: 'pending' }]);
  expect(await shop.database.sql(`SELECT key FROM outbox ORDER BY key`)).toEqual([
    { key: 'OVERDUE-1' },
    { key: 'OVERDUE-2' },
  ]);
});

describe('with short windows', () => {
  it('cancels an order whose stock nobody reserves', async () => {
    const shop = await start({ STOCK_WINDOW_MS: '50', EVENT_RETRY_LIMIT_MS: '10' });
    const orderNumber = await shop.order(shop.newCustomer());

    const { reason, history } = await cancelled(shop, orderNumber);

    expect(reason).toBe('stock-timeout');
    expect(history.at(-1)).toMatchObject({
      status: 'cancelled',
      cause: 'window-over',
      details: { reason: 'stock-timeout' },
    });
    expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber, 'stock-timeout')]);
  });

  it('cancels an order that nobody begins to pay', async () => {
    const shop = await start({ PAYMENT_WINDOW_MS: '50' });
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');

    expect(await cancelled(shop, orderNumber)).toMatchObject({ reason: 'payment-expired' });
    expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber, 'payment-expired')]);
  });

  it('follows up a payment that was under way when its order was cancelled, until its money is given back', async () => {
    const shop = await start({ PAYMENT_CHECK_MS: '30' });
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    await shop.payment(orderNumber, 'pi_under_way', 'created');
    await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
    const types = async () => (await shop.commands(orderNumber)).map(({ type }) => type);

    // Stripe cannot cancel it: no news. And the webhook of its success is lost.
    await waitFor(async () => (await types()).filter((type) => type === 'CHECK_PAYMENT').length >= 2);
    await shop.payment(orderNumber, 'pi_under_way', 'succeeded');
    const refunds = async () => (await types()).filter((type) => type === 'REFUND_PAYMENT').length;
    // One when it was cancelled.
    await waitFor(async () => (await refunds()) === 2);
    await shop.payment(orderNumber, 'pi_under_way', 'refunded');

    const [row] = await shop.database.sql(`SELECT due_at FROM orders WHERE order_number = $1`, [orderNumber]);
    expect(row).toEqual({ due_at: null });
    expect(await refunds()).toBe(2);
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', paymentId: 'pi_under_way' });
  });

  it('asks for news of a payment whose webhook is late, again and again, until it is over time', async () => {
    const shop = await start({ PAYMENT_CHECK_MS: '30' });
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_late', 'created');
    const { updatedAt } = await shop.look(orderNumber);

    await waitFor(async () => (await shop.commands(orderNumber)).length >= 3);
    // To be looked after is not to be changed.
    expect(await shop.look(orderNumber)).toMatchObject({ updatedAt });
    await timePasses(shop, orderNumber);
    const asksToCancel = ({ type }: { type: string }) => type === 'CANCEL_PAYMENT';
    await waitFor(async () => (await shop.commands(orderNumber)).filter(asksToCancel).length >= 2);
    await shop.payment(orderNumber, 'pi_late', 'succeeded');

    const commands = await shop.commands(orderNumber);
    const types = commands.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['CHECK_PAYMENT', 'CHECK_PAYMENT', 'CHECK_PAYMENT']);
    expect(new Set(types.slice(types.indexOf('CANCEL_PAYMENT')))).toEqual(new Set(['CANCEL_PAYMENT']));
    expect(commands[0]).toEqual(ask('CHECK_PAYMENT', orderNumber, 'pi_late'));
    const { status, history } = await shop.look(orderNumber);
    expect(status).toBe('completed');
    // Asked more than once, but told to the customer once.
    expect(history.map(({ cause }: { cause: string }) => cause)).toEqual([
      'created',
      'stock-reserved',
      'payment-created',
      'window-over',
      'payment-succeeded',
    ]);
  });
});
