import type { EventData, ShopEvent } from '@shop/contracts';
import { withClient } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const at = expect.any(String);
const payment = (paymentId: string, details = { amount: 1000, currency: 'eur' }) => ({
  details: { paymentId, ...details },
  at,
});
const id = expect.any(Number);
const eventId = expect.any(String);
const created = { id, status: 'pending', cause: 'created', at };
const reserved = { id, status: 'processing', cause: 'stock-reserved', eventId, at };
const refund = (orderNumber: string, paymentId: string) => ({
  type: 'REFUND_PAYMENT',
  data: { orderNumber, paymentId, reason: expect.any(String) },
});
const putBack = (orderNumber: string, reason: string) => ({
  type: 'CANCEL_ORDER',
  data: { orderNumber, reason },
});

describe('stock', () => {
  it('reserved: the order waits for its payment', async () => {
    const orderNumber = await shop.order(shop.newCustomer());

    await shop.reserved(orderNumber);

    expect(await shop.look(orderNumber)).toMatchObject({
      status: 'processing',
      reason: null,
      history: [created, reserved],
    });
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it('rejected: the order ends, and its history says what was short', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    const shortages = [{ productId: 7, requested: 3, available: 1 }];

    await shop.rejected(orderNumber, shortages);

    const { status, reason, history } = await shop.look(orderNumber);
    expect({ status, reason, history }).toEqual({
      status: 'cancelled',
      reason: 'out-of-stock',
      history: [
        created,
        {
          id,
          status: 'cancelled',
          cause: 'stock-rejected',
          details: { shortages, reason: 'out-of-stock' },
          eventId,
          at,
        },
      ],
    });
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it('reserved after the order was cancelled: changes nothing, for CANCEL_ORDER is on its way', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer);
    await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
    const before = await shop.look(orderNumber);

    await shop.reserved(orderNumber);

    expect(await shop.look(orderNumber)).toEqual(before);
    expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber, 'by-customer')]);
  });
});

describe('a payment', () => {
  it('created, declined, then succeeded: the order is completed by it', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');

    await shop.payment(orderNumber, 'pi_life', 'created');
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: 'pi_life' });
    await shop.payment(orderNumber, 'pi_life', 'failed');
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: 'pi_life' });
    await shop.payment(orderNumber, 'pi_life', 'succeeded');

    const order = await shop.look(orderNumber);
    expect(order).toMatchObject({ status: 'completed', paymentId: 'pi_life', reason: null });
    expect(order.history).toEqual([
      created,
      reserved,
      { id, status: 'processing', cause: 'payment-created', ...payment('pi_life'), eventId },
      { id, status: 'processing', cause: 'payment-failed', ...payment('pi_life'), eventId },
      { id, status: 'completed', cause: 'payment-succeeded', ...payment('pi_life'), eventId },
    ]);
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it.each([
    [999, 'eur'],
    [1000, 'usd'],
  ])('of %s %s: is given back, an operator is alerted, and the order waits on', async (amount, currency) => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    const paymentId = `pi_wrong_${currency}`;
    shop.logs.length = 0;

    await shop.payment(orderNumber, paymentId, 'succeeded', { amount, currency });

    const { status, history } = await shop.look(orderNumber);
    expect(status).toBe('processing');
    expect(history.at(-1)).toEqual({
      id,
      status: 'processing',
      cause: 'payment-mismatched',
      ...payment(paymentId, { amount, currency }),
      eventId: `${paymentId}:succeeded`,
    });
    expect(await shop.commands(orderNumber)).toEqual([refund(orderNumber, paymentId)]);
    expect(shop.logs.filter(({ level }) => level >= 50)).toMatchObject([{ orderNumber }]);
  });

  it('cancelled: the order ends and its stock goes back', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_cancelled', 'created');

    await shop.payment(orderNumber, 'pi_cancelled', 'cancelled');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'payment-cancelled' });
    expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber, 'payment-cancelled')]);
  });

  it('cancelled, but not the order’s own: is history', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, 'pi_mine', 'created');

    await shop.payment(orderNumber, 'pi_not_mine', 'cancelled');

    const { status, paymentId, history } = await shop.look(orderNumber);
    expect({ status, paymentId }).toEqual({ status: 'processing', paymentId: 'pi_mine' });
    expect(history.at(-1)).toMatchObject({ cause: 'payment-cancelled', ...payment('pi_not_mine') });
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it('refunded: a completed order ends and its stock goes back', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'completed');

    await shop.payment(orderNumber, `pi_${orderNumber}`, 'refunded');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'payment-cancelled' });
    expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber, 'payment-cancelled')]);
  });

  it('refunded while the order waits: the order can be paid by another', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    await shop.payment(orderNumber, 'pi_given_back', 'created');

    await shop.payment(orderNumber, 'pi_given_back', 'refunded');

    const { body } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`).expect(200);
    expect(body).toMatchObject({ status: 'processing', paymentId: null });
    await shop.payment(orderNumber, 'pi_second', 'succeeded');
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed', paymentId: 'pi_second' });
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it('succeeded twice with different payments: the second is given back, once', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'completed');

    await shop.payment(orderNumber, 'pi_late', 'succeeded');
    // What becomes of it changes nothing any more.
    await shop.payment(orderNumber, 'pi_late', 'refunded');

    expect(await shop.look(orderNumber)).toMatchObject({
      status: 'completed',
      paymentId: `pi_${orderNumber}`,
    });
    expect(await shop.commands(orderNumber)).toEqual([refund(orderNumber, 'pi_late')]);
  });

  it('of an order that is cancelled: is given back, whatever news comes of it', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    await shop.rejected(orderNumber, []);

    await shop.payment(orderNumber, 'pi_too_late', 'created');
    await shop.payment(orderNumber, 'pi_too_late', 'succeeded');
    await shop.payment(orderNumber, 'pi_too_late', 'refunded');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'out-of-stock' });
    expect(await shop.commands(orderNumber)).toEqual([
      refund(orderNumber, 'pi_too_late'),
      refund(orderNumber, 'pi_too_late'),
    ]);
  });

  it('of an order that is being cancelled: waits for that, and is given back', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    await withClient({ connectionString: shop.database.url }, async (other) => {
      const untilWaiting = (count: number) =>
        waitFor(async () => {
          const { rowCount } = await other.query('SELECT DISTINCT pid FROM pg_locks WHERE NOT granted');
          return rowCount === count;
        });
      await other.query('BEGIN');
      await other.query('SELECT FROM orders WHERE order_number = $1 FOR UPDATE', [orderNumber]);
      const cancelled = shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200).then();
      await untilWaiting(1);
      const paid = shop.payment(orderNumber, 'pi_crossing', 'succeeded');
      await untilWaiting(2);
      await other.query('COMMIT');
      await Promise.all([cancelled, paid]);
    });

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'by-customer' });
    expect(await shop.commands(orderNumber)).toEqual([
      putBack(orderNumber, 'by-customer'),
      refund(orderNumber, 'pi_crossing'),
    ]);
  });
});

describe('every event said three times', () => {
  it('leaves one completed order with each line of its history once', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    const thrice = async (event: ShopEvent) => {
      await Promise.all([shop.say(event), shop.say(event)]);
    };

    await thrice(await shop.reserved(orderNumber));
    await thrice(await shop.payment(orderNumber, 'pi_thrice', 'created'));
    await thrice(await shop.payment(orderNumber, 'pi_thrice', 'succeeded'));
    await thrice(await shop.payment(orderNumber, 'pi_another', 'succeeded'));

    const { status, history } = await shop.look(orderNumber);
    expect(status).toBe('completed');
    expect(history.map(({ cause }: { cause: string }) => cause)).toEqual([
      'created',
      'stock-reserved',
      'payment-created',
      'payment-succeeded',
      'payment-succeeded',
    ]);
    expect(await shop.commands(orderNumber)).toEqual([refund(orderNumber, 'pi_another')]);
  });

  it('even at two instances at the same moment', async () => {
    const second = await shop.startInstance();
    const orders = await Promise.all(
      Array.from({ length: 10 }, async () => shop.order(shop.newCustomer(), 'completed')),
    );

    await Promise.all(
      orders.map(async (orderNumber) => {
        const event = {
          source: 'payment_service',
          type: 'CREATE_PAYMENT',
          id: `pi_twin_${orderNumber}:succeeded`,
          key: orderNumber,
          data: {
            orderNumber,
            paymentId: `pi_twin_${orderNumber}`,
            status: 'succeeded',
            amount: 1000,
            currency: 'eur',
            paymentLog: '',
          },
        } as const;
        await Promise.all([shop.say<'CREATE_PAYMENT'>(event), second.others.say<'CREATE_PAYMENT'>(event)]);
      }),
    );

    for (const orderNumber of orders) {
      expect(await shop.commands(orderNumber)).toEqual([refund(orderNumber, `pi_twin_${orderNumber}`)]);
    }
    await second.stop();
  });
});

describe('news of a payment is believed only as far as Stripe confirms it', () => {
  const forged = (orderNumber: string, data: Partial<EventData<'CREATE_PAYMENT'>> = {}) => ({
    source: 'payment_service',
    type: 'CREATE_PAYMENT' as const,
    key: orderNumber,
    data: {
      orderNumber,
      paymentId: `pi_${orderNumber}`,
      status: 'succeeded' as const,
      amount: 1000,
      currency: 'eur',
      paymentLog: '',
      ...data,
    },
  });
  const reasons = (orderNumber: string) =>
    shop.deadLetters.filter(({ event }) => event.key === orderNumber).map(({ reason }) => reason);

  it('a payment that Stripe never saw completes nothing', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');

    await shop.forge(forged(orderNumber));
    await shop.forge(forged(orderNumber, { status: 'created', paymentId: '../x' }));

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: null });
    expect(reasons(orderNumber)).toEqual([
      expect.stringContaining('Stripe knows no such payment of this shop'),
      expect.stringContaining('Stripe knows no such payment of this shop'),
    ]);
  });

  it.each<[string, Partial<EventData<'CREATE_PAYMENT'>>, string]>([
    ['another amount', { amount: 999 }, 'Stripe has 1000 eur, not 999 eur'],
    ['another currency', { currency: 'usd' }, 'Stripe has 1000 eur, not 1000 usd'],
    ['a success', {}, 'it is created at Stripe, not succeeded'],
    ['a cancellation', { status: 'cancelled' }, 'it is created at Stripe, not cancelled'],
    ['a refund', { status: 'refunded' }, 'it is created at Stripe, not refunded'],
    [
      'refunds of a part',
      { status: 'created', refunds: [{ id: 're_forged', amount: 1, status: 'succeeded' }] },
      'Stripe knows no such refund',
    ],
  ])('nor does %s that Stripe does not know of', async (_what, lie, reason) => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    await shop.payment(orderNumber, `pi_${orderNumber}`, 'created');

    await shop.forge(forged(orderNumber, lie));

    expect(await shop.look(orderNumber)).toMatchObject({
      status: 'processing',
      paymentId: `pi_${orderNumber}`,
      refunds: [],
    });
    expect(reasons(orderNumber)).toEqual([expect.stringContaining(reason)]);
  });

  it('the payment of one order pays for no other', async () => {
    const paid = await shop.order(shop.newCustomer(), 'completed');
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');

    await shop.forge(forged(orderNumber, { paymentId: `pi_${paid}` }));

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: null });
    expect(reasons(orderNumber)).toEqual([expect.stringContaining('it is not the payment of this order')]);
  });

  it('and while Stripe cannot be asked it waits', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    const before = shop.payments.asked.length;
    shop.payments.available = false;

    const said = shop.payment(orderNumber, `pi_${orderNumber}`, 'succeeded');
    await waitFor(async () => shop.payments.asked.length > before, { what: 'Stripe to be asked' });
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing' });
    shop.payments.available = true;
    await said;

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed' });
    expect(reasons(orderNumber)).toEqual([]);
  });
});

describe('events in the wrong order', () => {
  it('a success after the refund of the same payment completes nothing with money that is gone', async () => {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    await shop.payment(orderNumber, 'pi_gone', 'refunded');

    await shop.payment(orderNumber, 'pi_gone', 'created');
    await shop.payment(orderNumber, 'pi_gone', 'succeeded');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing', paymentId: null });
    expect(await shop.commands(orderNumber)).toEqual([refund(orderNumber, 'pi_gone')]);
    const { body } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`).expect(200);
    expect(body.paymentId).toBeNull();
    await shop.payment(orderNumber, 'pi_good', 'succeeded');
    expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed', paymentId: 'pi_good' });
  });

  it('a success before its creation completes the order all the same', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');

    await shop.payment(orderNumber, 'pi_reordered', 'succeeded');
    await shop.payment(orderNumber, 'pi_reordered', 'created');
    await shop.payment(orderNumber, 'pi_reordered', 'failed');

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed', paymentId: 'pi_reordered' });
    expect(await shop.commands(orderNumber)).toEqual([]);
  });

  it('stock rejected and reserved after they were settled change nothing', async () => {
    const orderNumber = await shop.order(shop.newCustomer(), 'processing');
    const before = await shop.look(orderNumber);

    await shop.rejected(orderNumber, []);
    await shop.reserved(orderNumber);

    expect(await shop.look(orderNumber)).toEqual(before);
    expect(await shop.commands(orderNumber)).toEqual([]);
  });
});

it('is never shown half-way: status and history are of one moment', async () => {
  const orderNumber = await shop.order(shop.newCustomer());
  let changing = true;
  const changes = (async () => {
    await shop.reserved(orderNumber);
    await shop.payment(orderNumber, 'pi_whole', 'succeeded');
    await shop.payment(orderNumber, 'pi_whole', 'refunded');
    changing = false;
  })();

  while (changing) {
    const { status, history } = await shop.look(orderNumber);
    expect(status).toBe(history.at(-1).status);
  }
  await changes;
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled' });
});

it('is not sent again to who has it, until something happens', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  const { headers } = await shop.as(customer).get(`/orders/${orderNumber}`).expect(200);
  const etag = headers['etag'] as string;
  const again = () => shop.as(customer).get(`/orders/${orderNumber}`).set('if-none-match', etag);

  expect(headers['cache-control']).toBe('private, no-cache');
  await again().expect(304);
  await shop.reserved(orderNumber);
  const { body } = await again().expect(200);

  expect(body.status).toBe('processing');
});

describe('what cannot be handled is put aside,', () => {
  it('an event of an order that is not there', async () => {
    await shop.reserved('NO-SUCH-ORDER');

    expect(shop.deadLetters.at(-1)).toMatchObject({
      group: 'order_service',
      reason: expect.stringContaining('There is no order NO-SUCH-ORDER'),
      event: { topic: 'OrderEvents', key: 'NO-SUCH-ORDER' },
    });
    expect(await shop.database.sql(`SELECT FROM inbox WHERE event_id LIKE 'NO-SUCH%'`)).toEqual([]);
  });

  it('an event whose key is not its order, which stays untouched', async () => {
    const [mine, other] = [await shop.order(shop.newCustomer()), await shop.order(shop.newCustomer())];

    await shop.say<'STOCK_RESERVED'>({
      source: 'catalog_service',
      type: 'STOCK_RESERVED',
      key: mine,
      data: { orderNumber: other },
    });

    expect(shop.deadLetters.at(-1)).toMatchObject({ event: { key: mine } });
    for (const orderNumber of [mine, other]) {
      expect(await shop.look(orderNumber)).toMatchObject({ status: 'pending' });
    }
  });

  it('and the next event of the same order is handled', async () => {
    const orderNumber = await shop.order(shop.newCustomer());
    await shop.say<'STOCK_RESERVED'>({
      source: 'catalog_service',
      type: 'STOCK_RESERVED',
      key: orderNumber,
      data: { orderNumber: 'SOMETHING-ELSE' },
    });

    await shop.reserved(orderNumber);

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing' });
  });
});
