import { readEvents } from './support/event-reader.ts';
import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { STREAM_POLL_MS: '40' } });
});
afterAll(() => shop.stop());

const dueBy = '2026-12-01T23:59:59.000Z';

/** What payment_service says of a dispute: the same news has the same id. */
const dispute = (orderNumber: string, status: string, disputeId = `du_${orderNumber}`) =>
  shop.say<'PAYMENT_DISPUTED'>({
    source: 'payment_service',
    type: 'PAYMENT_DISPUTED',
    id: `${disputeId}:${status}`,
    key: orderNumber,
    data: {
      orderNumber,
      paymentId: `pi_${orderNumber}`,
      disputeId,
      amount: 700,
      currency: 'eur',
      reason: 'product_not_received',
      status,
      dueBy,
    },
  });

interface Entry {
  readonly cause: string;
  readonly details?: { readonly dispute?: { readonly status: string } };
}
const statuses = (history: readonly Entry[]) =>
  history.filter(({ cause }) => cause === 'disputed').map(({ details }) => details?.dispute?.status);

it('stands in the history with amount, reason and due date, once for each status', async () => {
  const orderNumber = await shop.order(shop.newCustomer(), 'completed');
  expect(await shop.look(orderNumber)).not.toHaveProperty('disputed');

  await dispute(orderNumber, 'needs_response');
  await dispute(orderNumber, 'needs_response');
  await dispute(orderNumber, 'under_review');
  await dispute(orderNumber, 'won');
  // Said at the same moment as the one before, by another instance.
  await dispute(orderNumber, 'needs_response');

  const order = await shop.look(orderNumber);
  expect(order).toMatchObject({ status: 'completed', disputed: true });
  expect(statuses(order.history)).toEqual(['needs_response', 'under_review', 'won']);
  expect(order.history.find(({ cause }: Entry) => cause === 'disputed')).toMatchObject({
    status: 'completed',
    eventId: `du_${orderNumber}:needs_response`,
    details: {
      paymentId: `pi_${orderNumber}`,
      amount: 700,
      currency: 'eur',
      dispute: {
        id: `du_${orderNumber}`,
        status: 'needs_response',
        reason: 'product_not_received',
        dueBy,
      },
    },
  });
  expect(await shop.commands(orderNumber)).toEqual([]);
  expect(shop.deadLetters).toEqual([]);
});

it('does not go back when its news comes in the wrong order', async () => {
  const orderNumber = await shop.order(shop.newCustomer(), 'completed');

  for (const status of ['lost', 'under_review', 'needs_response']) await dispute(orderNumber, status);

  expect(statuses((await shop.look(orderNumber)).history)).toEqual(['lost']);
});

it('is shown to administrators alone, in the order and in the live stream', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');
  const follow = (bearer: string) =>
    readEvents(`${shop.url}/orders/${orderNumber}/events`, { authorization: `Bearer ${bearer}` });
  const [own, admin] = [await follow(token(customer)), await follow(token(1, { role: 'admin' }))];

  await dispute(orderNumber, 'needs_response');
  const { body: shipment } = await shop.admin
    .post(`/orders/${orderNumber}/shipments`)
    .send({ carrier: 'DHL', tracking: '0034' })
    .expect(201);

  const causes = (events: readonly { data: unknown }[]) =>
    events.map(({ data }) => (data as Entry).cause).slice(3);
  expect(causes(await admin.received(5))).toEqual(['disputed', 'shipped']);
  expect(causes(await own.received(4))).toEqual(['shipped']);
  await Promise.all([own.leave(), admin.leave()]);
  const { body } = await shop.as(customer).get(`/orders/${orderNumber}`).expect(200);
  expect(body).not.toHaveProperty('disputed');
  expect(body.shipments).toEqual([shipment.shipment]);
  expect(statuses(body.history)).toEqual([]);
});

it('of a cancelled order is written down as well', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  await dispute(orderNumber, 'needs_response');

  expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', disputed: true });
});

it('is counted until it is closed', async () => {
  const other = await startHarness();
  try {
    await other.database.sql(
      `WITH placed AS (
         INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at)
         VALUES ('OLD-0001', 1, 1, 1, 1000, 'eur', 'completed', now()) RETURNING id
       )
       INSERT INTO disputes (id, order_id, status)
       SELECT status, id, status FROM placed, unnest(ARRAY['needs_response', 'won', 'of_tomorrow']) AS status`,
    );
    const counts = [...(await other.metrics()).matchAll(/^disputes_open\{.*?status="(\w+)".*\} (\d+)$/gm)];
    expect(Object.fromEntries(counts.map(([, status, count]) => [status, Number(count)]))).toEqual({
      warning_needs_response: 0,
      warning_under_review: 0,
      needs_response: 1,
      under_review: 0,
      of_tomorrow: 1,
    });
  } finally {
    await other.stop();
  }
});
