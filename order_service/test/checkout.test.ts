import { checkoutReplySchema } from '@shop/contracts';
import { Ajv } from 'ajv';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

it('tells payment_service what an order costs, whose it is and which payment it has', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');
  const checkout = () => shop.as(customer).get(`/orders/${orderNumber}/checkout`).expect(200);

  const before = await checkout();
  await shop.payment(orderNumber, 'pi_checkout', 'created');
  const after = await checkout();

  const traceparent = expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
  const reply = {
    orderNumber,
    amount: 1000,
    currency: 'eur',
    status: 'processing',
    customerId: customer,
    traceparent,
  };
  expect(before.body).toEqual({ ...reply, paymentId: null });
  expect(after.body).toEqual({ ...reply, paymentId: 'pi_checkout' });
  expect(new Ajv({ allowUnionTypes: true }).validate(checkoutReplySchema, after.body)).toBe(true);
});

it('tells the trace that the order began in', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { body } = await shop
    .as(customer)
    .post('/orders')
    .set('traceparent', `00-${trace}-00f067aa0ba902b7-01`)
    .expect(201);
  await shop.reserved(body.orderNumber);

  const checkout = await shop.as(customer).get(`/orders/${body.orderNumber}/checkout`).expect(200);

  expect(checkout.body.traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
});

it('can be tried again after a declined payment', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');
  await shop.payment(orderNumber, 'pi_declined', 'created');
  await shop.payment(orderNumber, 'pi_declined', 'failed');

  const { body } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`).expect(200);

  expect(body).toMatchObject({ status: 'processing', paymentId: 'pi_declined' });
});

it('waits for the stock', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);

  const { status, body, headers } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`);

  expect([status, body.code, headers['retry-after']]).toEqual([409, 'stock-pending', '1']);
});

it('does not ask twice for the money', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');

  const { status, body, headers } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`);

  expect([status, body.code, headers['retry-after']]).toEqual([409, 'order-completed', undefined]);
});

it('says why a cancelled order cannot be paid', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer);
  await shop.rejected(orderNumber, []);

  const { status, body, headers } = await shop.as(customer).get(`/orders/${orderNumber}/checkout`);

  expect([status, body.code, body.reason, headers['retry-after']]).toEqual([
    409,
    'order-cancelled',
    'out-of-stock',
    undefined,
  ]);
});

it('is the customer’s own: nobody else learns that there is such an order', async () => {
  const orderNumber = await shop.order(shop.newCustomer(), 'processing');
  const stranger = shop.as(shop.newCustomer());

  const theirs = await stranger.get(`/orders/${orderNumber}/checkout`);
  const nobodys = await stranger.get('/orders/NO-SUCH-ORDER/checkout');

  for (const { status, body } of [theirs, nobodys]) {
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 404,
      code: 'order-not-found',
      detail: 'There is no such order.',
    });
  }
});
