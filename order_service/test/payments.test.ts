import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

it('tells a customer, and nobody else, which of their orders a payment is for', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'processing');
  const find = (paymentId: string, agent = shop.as(customer)) => agent.get(`/payments/${paymentId}`);
  expect((await find('pi_first').expect(404)).body.code).toBe('payment-not-found');

  await shop.payment(orderNumber, 'pi_first', 'created');
  expect((await find('pi_first').expect(200)).body).toEqual({ orderNumber });
  await shop.payment(orderNumber, 'pi_second', 'created');
  await shop.payment(orderNumber, 'pi_first', 'cancelled');
  expect((await find('pi_first').expect(200)).body).toEqual({ orderNumber });

  for (const agent of [shop.as(shop.newCustomer()), shop.admin]) await find('pi_first', agent).expect(404);
  await find('pi_1%00').expect(400);
});
