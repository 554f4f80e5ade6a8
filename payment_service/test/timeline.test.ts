import { admin, createdPayment, type Harness, paid, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

async function read(path: string) {
  const reply = await fetch(`${shop.url}${path}`, { headers: { authorization: `Bearer ${admin}` } });
  return { status: reply.status, body: (await reply.json()) as { items: { kind: string; what: string }[] } };
}

it('tells an order’s payments, charges, refunds and webhooks, and nothing of other orders', async () => {
  const { orderNumber, paymentId } = await createdPayment(shop);
  await paid(shop, paymentId, orderNumber);
  await shop.command('REFUND_PAYMENT', orderNumber, paymentId);
  const other = await createdPayment(shop);

  const { status, body } = await read(`/timeline/${orderNumber}?ids=${other.paymentId},pi_unknown`);

  expect(status).toBe(200);
  expect(body.items.filter(({ kind }) => kind !== 'webhook')).toEqual([
    expect.objectContaining({ kind: 'payment', eventId: `${paymentId}:created` }),
    expect.objectContaining({ kind: 'charge', eventId: `${paymentId}:succeeded` }),
    expect.objectContaining({ kind: 'refund', eventId: `${paymentId}:refunded` }),
  ]);
  const webhooks = body.items.filter(({ kind }) => kind === 'webhook').map(({ what }) => what.split(' ')[0]);
  expect(webhooks.sort()).toEqual([
    'charge.refunded',
    'payment_intent.created',
    'payment_intent.succeeded',
    'refund.created',
  ]);
  expect(JSON.stringify(body)).not.toContain(other.paymentId);
});

it('tells nothing of an order without a payment', async () => {
  expect(await read('/timeline/ORDER-WITHOUT')).toEqual({ status: 200, body: { items: [] } });
});

it.each(['/timeline/short', "/timeline/ORDER-0001'OR", '/timeline/ORDER-0001?ids=a;b'])(
  'refuses %s',
  async (path) => {
    expect(await read(path)).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  },
);
