import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { MIN_ORDER_AMOUNT: '1000' } });
});
afterAll(() => shop.stop());

async function orderFreely(customer: number): Promise<string> {
  await shop.fillCart(customer, [shop.catalog.sell({ price: 0 }), 2]);
  const { body } = await shop.as(customer).post('/orders').expect(201);
  expect(body.order).toMatchObject({ status: 'pending', amount: 0 });
  return body.orderNumber;
}

it('is completed when its stock is reserved, once, and nobody is asked for money', async () => {
  const orderNumber = await orderFreely(shop.newCustomer());

  await shop.reserved(orderNumber);
  await shop.reserved(orderNumber);

  const { status, reason, paymentId, history } = await shop.look(orderNumber);
  expect({ status, reason, paymentId }).toEqual({ status: 'completed', reason: null, paymentId: null });
  expect(history).toMatchObject([
    { status: 'pending', cause: 'created' },
    { status: 'completed', cause: 'nothing-to-pay' },
  ]);
  expect(await shop.commands(orderNumber)).toEqual([]);
});

it('waits for nothing any more: the sweep passes it over, and the metrics count it as completed', async () => {
  const orderNumber = await orderFreely(shop.newCustomer());
  await shop.reserved(orderNumber);

  const due = await shop.database.sql('SELECT due_at FROM orders WHERE order_number = $1', [orderNumber]);
  expect(due).toEqual([{ due_at: null }]);
  const metrics = await shop.metrics();
  expect(metrics).toMatch(
    /order_status_changes_total\{from="pending",to="completed",reason="none"[^}]*\} \d/,
  );
});

it('is cancelled when there is too little in stock, as any other', async () => {
  const orderNumber = await orderFreely(shop.newCustomer());
  await shop.rejected(orderNumber, []);
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'out-of-stock' });
});

it('puts its stock back when it is cancelled, and Stripe is not asked', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await orderFreely(customer);
  await shop.reserved(orderNumber);

  const { body } = await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  expect(body.order).toMatchObject({ status: 'cancelled', reason: 'by-customer' });
  expect(await shop.commands(orderNumber)).toEqual([
    { type: 'CANCEL_ORDER', data: { orderNumber, reason: 'by-customer' } },
  ]);
});

it('cannot be paid, before and after its stock is reserved', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await orderFreely(customer);
  const checkout = () => shop.as(customer).get(`/orders/${orderNumber}/checkout`).expect(409);

  const before = await checkout();
  await shop.reserved(orderNumber);
  const after = await checkout();

  for (const { body, headers } of [before, after])
    expect([body.code, headers['retry-after']]).toEqual(['nothing-to-pay', undefined]);
});

it('is the only one below the minimum of the shop, which is above that of Stripe', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell({ price: 999 }), 1]);
  const { body } = await shop.as(customer).post('/orders').expect(409);
  expect(body).toMatchObject({ code: 'amount-out-of-range', amount: 999, min: 1000, max: 99_999_999 });
});

it('has the least that Stripe takes where the shop’s minimum is lower', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell({ price: 17_499, currency: 'huf' }), 1]);
  const { body } = await shop.as(customer).post('/orders').expect(409);
  expect(body).toMatchObject({ code: 'amount-out-of-range', min: 17_500 });
});
