import { waitFor } from '@shop/testing';
import { customer, type Harness, startHarness, tokenOf } from './support/harness.ts';

let shop: Harness;
afterEach(() => shop.close());

const create = (orderNumber: string) => shop.post('/create-payment', customer, { orderNumber });

const requests = async (outcome: string) => {
  const lines = await shop.metric('stripe_requests_total');
  const counts = lines
    .filter((line) => line.includes(`outcome="${outcome}"`))
    .map((line) => line.split(' ')[1]);
  return counts.reduce((sum, count) => sum + Number(count), 0);
};

it('answers 503 at once after Stripe has hung three times, until Stripe is back', async () => {
  shop = await startHarness({ stripeLimits: { callMs: 150, totalMs: 200 } });
  shop.stripe.faults.set({ slowMs: 1_000, webhooks: 'lose' });
  for (let times = 0; times < 3; times++) {
    expect((await create(shop.orders.place().orderNumber)).status).toBe(503);
  }
  expect([await requests('unreachable'), await requests('not-sent')]).toEqual([3, 0]);

  const { orderNumber } = shop.orders.place();
  const reply = await create(orderNumber);

  expect([reply.status, reply.body['code']]).toEqual([503, 'stripe-unavailable']);
  expect(reply.headers.get('retry-after')).toBe('2');
  expect([await requests('unreachable'), await requests('not-sent')]).toEqual([3, 1]);
  expect(await shop.metric('circuit_breaker_state')).toContain('{peer="stripe"} 2');

  shop.stripe.faults.set({ slowMs: 0 });
  await waitFor(async () => (await create(orderNumber)).status === 200, { what: 'Stripe to be asked again' });
  const numbers = shop.stripe.paymentIntents().map(({ metadata }) => metadata['order_number']);
  expect(numbers.filter((number) => number === orderNumber)).toHaveLength(1);
});

it('waits for a slow Stripe no longer than the limit of all requests together', async () => {
  shop = await startHarness({ stripeLimits: { callMs: 5_000, totalMs: 900 } });
  shop.stripe.faults.set({ slowMs: 500, webhooks: 'lose' });
  const { orderNumber } = shop.orders.place();

  const reply = await create(orderNumber);

  expect([reply.status, reply.body['code']]).toEqual([503, 'stripe-unavailable']);
  expect([await requests('succeeded'), await requests('unreachable')]).toEqual([1, 1]);
});

it('says that Stripe is busy when it takes no more requests, and asks it again at once', async () => {
  shop = await startHarness();
  shop.stripe.faults.set({ refuseRequests: 5, webhooks: 'lose' });
  const { orderNumber } = shop.orders.place();
  for (let times = 0; times < 5; times++) {
    const { status, headers, body } = await create(orderNumber);
    expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'stripe-busy', '2']);
  }

  expect((await create(orderNumber)).status).toBe(200);
  expect(await shop.metric('circuit_breaker_state')).toContain('{peer="stripe"} 0');
  expect(await requests('not-sent')).toBe(0);
});

it('asks Stripe for each user so often in a time, and says what is left', async () => {
  shop = await startHarness({ config: { paymentsPerUser: { points: 2, duration: 60 } } });
  const { orderNumber } = shop.orders.place();
  const replies = [await create(orderNumber), await create(orderNumber), await create(orderNumber)];

  expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(replies[0]?.headers.get('ratelimit-policy')).toBe('"payments-per-user";q=2;w=60');
  expect(replies[2]?.body['code']).toBe('too-many-requests');
  expect(Number(replies[2]?.headers.get('retry-after'))).toBeGreaterThan(50);
  const another = shop.orders.place({ customerId: 8 });
  expect((await shop.post('/create-payment', tokenOf(8), another)).status).toBe(200);
});

it.each(['frozen', 'gone'])(
  'answers within 4 s while Stripe is %s, and at once after three times',
  async (how) => {
    shop = await startHarness();
    if (how === 'gone') await shop.stripe.stop();
    else shop.stripe.faults.set({ slowMs: 5_000, webhooks: 'lose' });
    const timed = async () => {
      const startedAt = performance.now();
      const { status, headers, body } = await create(shop.orders.place().orderNumber);
      expect([status, body['code'], headers.has('retry-after')]).toEqual([503, 'stripe-unavailable', true]);
      return performance.now() - startedAt;
    };
    for (const ms of await Promise.all([timed(), timed(), timed()])) expect(ms).toBeLessThan(4_000);
    expect(await timed()).toBeLessThan(1_000);
    expect(await shop.metric('circuit_breaker_state')).toContain('{peer="stripe"} 2');
    shop.stripe.faults.set({ slowMs: 0 });
  },
);
