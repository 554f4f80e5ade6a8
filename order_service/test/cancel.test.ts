import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const putBack = (orderNumber: string, reason = 'by-customer') => ({
  type: 'CANCEL_ORDER',
  data: { orderNumber, reason },
});
const refund = (orderNumber: string, paymentId: string) => ({
  type: 'REFUND_PAYMENT',
  data: { orderNumber, paymentId, reason: expect.any(String) },
});
/** Of an order that was paid. */
const refundRest = (orderNumber: string, paymentId: string) => ({
  type: 'REFUND_PAYMENT',
  data: { ...refund(orderNumber, paymentId).data, refundId: expect.any(String), amount: 1000 },
});

it('while pending: puts the stock back', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);

  const { status, body } = await shop.as(customer).post(`/orders/${orderNumber}/cancel`);

  expect({ status, body }).toMatchObject({
    status: 200,
    body: { message: 'Order cancelled', order: { orderNumber, status: 'cancelled', reason: 'by-customer' } },
  });
  expect(body.order).toEqual(await shop.look(orderNumber));
  expect(body.order.history.at(-1)).toEqual({
    id: expect.any(Number),
    status: 'cancelled',
    cause: 'cancel-asked',
    details: { reason: 'by-customer' },
    at: expect.any(String),
  });
  expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber)]);
});

it('while processing without a payment: puts the stock back', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');

  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber)]);
});

it('while processing with a payment: puts the stock back and sees to it that no money stays', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');
  await shop.payment(orderNumber, 'pi_open', 'created');

  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
  // payment_service answers that it could cancel the payment.
  await shop.payment(orderNumber, 'pi_open', 'cancelled');

  expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'by-customer' });
  expect(await shop.commands(orderNumber)).toEqual([putBack(orderNumber), refund(orderNumber, 'pi_open')]);
});

it('once paid: puts the stock back and gives the money back', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');

  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
  await shop.payment(orderNumber, `pi_${orderNumber}`, 'refunded');

  const { status, reason, history } = await shop.look(orderNumber);
  expect({ status, reason }).toEqual({ status: 'cancelled', reason: 'by-customer' });
  expect(history.at(-1)).toMatchObject({ status: 'cancelled', cause: 'payment-refunded' });
  expect(await shop.commands(orderNumber)).toEqual([
    putBack(orderNumber),
    refundRest(orderNumber, `pi_${orderNumber}`),
  ]);
});

it('by an administrator: says so', async () => {
  const orderNumber = await shop.order(shop.newCustomer(), 'completed');

  const { body } = await shop.admin.post(`/orders/${orderNumber}/cancel`).expect(200);

  expect(body.order).toMatchObject({ status: 'cancelled', reason: 'by-admin' });
  expect(await shop.commands(orderNumber)).toEqual([
    putBack(orderNumber, 'by-admin'),
    refundRest(orderNumber, `pi_${orderNumber}`),
  ]);
});

it('by a stranger: there is no such order, and it goes on', async () => {
  const orderNumber = await shop.order(shop.newCustomer(), 'processing');
  const before = await shop.look(orderNumber);

  const { status, body } = await shop.as(shop.newCustomer()).post(`/orders/${orderNumber}/cancel`);

  expect([status, body.code, body.detail]).toEqual([404, 'order-not-found', 'There is no such order.']);
  expect(await shop.look(orderNumber)).toEqual(before);
  expect(await shop.commands(orderNumber)).toEqual([]);
});

it('twice: the second is told that it is cancelled already', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
  const before = await shop.look(orderNumber);

  const { status, body } = await shop.as(customer).post(`/orders/${orderNumber}/cancel`);

  expect([status, body.code]).toEqual([409, 'order-cancelled']);
  expect(await shop.look(orderNumber)).toEqual(before);
  expect(await shop.commands(orderNumber)).toHaveLength(2);
});

it('ten times at once: sends each command once', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');

  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      (index % 2 ? shop.admin : shop.as(customer)).post(`/orders/${orderNumber}/cancel`),
    ),
  );

  expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  const commands = await shop.commands(orderNumber);
  expect(commands.map(({ type }) => type)).toEqual(['CANCEL_ORDER', 'REFUND_PAYMENT']);
});

it('at the moment it is paid: the money goes back, whichever comes first', async () => {
  for (let round = 0; round < 5; round++) {
    const customer = shop.newCustomer();
    const orderNumber = await shop.order(customer, 'processing');
    const paymentId = `pi_race_${round}`;

    await Promise.all([
      shop.payment(orderNumber, paymentId, 'succeeded'),
      shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200),
    ]);

    expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'by-customer' });
    const commands = await shop.commands(orderNumber);
    expect(commands).toHaveLength(2);
    const { type, data } = refund(orderNumber, paymentId);
    // With a refund of its own if it was paid first.
    const given = { type, data: expect.objectContaining(data) };
    expect(commands).toEqual(expect.arrayContaining([putBack(orderNumber), given]));
  }
});
