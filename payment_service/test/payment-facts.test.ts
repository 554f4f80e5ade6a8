import { createPeerToken } from '@shop/service-kit';
import {
  admin,
  createdPayment,
  customer,
  type Harness,
  paid,
  serviceSecret,
  startHarness,
} from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

const service = createPeerToken([serviceSecret], 'order_service', 'payment_service');

async function read(path: string, token: string | undefined = service) {
  const reply = await fetch(`${shop.url}/payments/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

it('tells order_service what Stripe says of a payment', async () => {
  const { order, orderNumber, paymentId } = await createdPayment(shop);
  const { amount, currency } = order;
  const facts = { paymentId, orderNumber, amount, currency };
  expect(await read(paymentId)).toEqual({ status: 200, body: { ...facts, status: 'created', refunds: [] } });

  await paid(shop, paymentId, orderNumber);
  expect(await read(paymentId)).toEqual({
    status: 200,
    body: { ...facts, status: 'succeeded', refunds: [] },
  });

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId);
  expect(await read(`${paymentId}?refunds=all`)).toEqual({
    status: 200,
    body: {
      ...facts,
      status: 'refunded',
      refunds: [{ id: expect.stringMatching(/^re_/), amount, status: 'succeeded' }],
    },
  });
});

it.each(['pi_unknown', 'pi-1', '..%2F..%2Fv1%2Fcharges'])('knows no payment %s', async (id) => {
  expect(await read(id)).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
});

it('refuses another `refunds` than all', async () => {
  expect(await read('pi_1?refunds=some')).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
});

it.each([
  ['a customer', customer],
  ['an administrator', admin],
  ['another secret', createPeerToken([`${serviceSecret}!`], 'order_service', 'payment_service')],
  ['another service', createPeerToken([serviceSecret], 'catalog_service', 'payment_service')],
  ['a token for another service', createPeerToken([serviceSecret], 'order_service', 'user_service')],
])('is closed to %s', async (_who, token) => {
  expect(await read('pi_unknown', token)).toMatchObject({ status: 401, body: { code: 'invalid-token' } });
});

it('accepts the old secret while it is being replaced', async () => {
  const next = 'the secret that will be there from tomorrow on';
  const other = await startHarness({ config: { serviceSecrets: [next, serviceSecret] } });
  try {
    for (const token of [service, createPeerToken([next], 'order_service', 'payment_service')]) {
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${other.url}/payments/pi_unknown`, { headers })).status).toBe(404);
    }
  } finally {
    await other.close();
  }
});
