import { type Harness, startHarness, startUpstream } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  // The harness of another file may take a bad port as soon as it is free.
  shop = await startHarness({}, () => startUpstream());
});
afterEach(() => shop.stop());

describe('a service that is unavailable', () => {
  it.each([
    ['user', '/api/login', 'user-service-unavailable'],
    ['catalog', '/api/products', 'catalog-service-unavailable'],
    ['order', '/api/cart', 'order-service-unavailable'],
    ['payment', '/api/create-payment', 'payment-service-unavailable'],
  ] as const)('is answered 503 with a code of its own: %s', async (service, path, code) => {
    await shop.upstreams[service].close();
    const startedAt = Date.now();
    const reply = await fetch(`${shop.url}${path}`, {
      method: 'POST',
      body: 'x'.repeat(500_000),
      headers: { 'x-request-id': 'abc-2' },
    });
    expect(reply.status).toBe(503);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await reply.json()).toMatchObject({ code, status: 503, instance: path, requestId: 'abc-2' });
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  it('is given up after three seconds when it hangs, but a payment may take longer', async () => {
    const asked: string[] = [];
    for (const service of ['catalog', 'order', 'payment'] as const) {
      shop.upstreams[service].answer = (req, res) => {
        asked.push(String(req.url));
        if (service === 'payment') setTimeout(() => res.end('{}'), 4_000);
      };
    }
    const timed = async (path: string, init: RequestInit = {}) => {
      const startedAt = performance.now();
      const reply = await fetch(`${shop.url}${path}`, init);
      return { status: reply.status, seconds: Math.floor((performance.now() - startedAt) / 1_000) };
    };
    expect(
      await Promise.all([
        timed('/api/products'),
        timed('/api/orders', { method: 'POST', body: '{}', headers: { 'idempotency-key': 'k' } }),
        timed('/api/orders', { method: 'POST', body: '{}' }),
        timed('/api/create-payment', { method: 'POST', body: '{}' }),
      ]),
    ).toEqual([
      { status: 503, seconds: 3 },
      { status: 503, seconds: 3 },
      { status: 504, seconds: 3 },
      { status: 200, seconds: 4 },
    ]);
    expect(asked).toHaveLength(4);
  });

  it('does not affect the other services, and the gateway stays ready', async () => {
    const before = await (await fetch(`${shop.url}/readyz`)).json();
    expect(before).toEqual({ status: 'ready', failed: [], degraded: [] });
    await shop.upstreams.user.close();
    await shop.upstreams.payment.close();
    const reply = await fetch(`${shop.url}/readyz`);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({
      status: 'ready',
      failed: [],
      degraded: ['user_service', 'payment_service'],
    });
    expect((await fetch(`${shop.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${shop.url}/api/products`)).status).toBe(200);
  });
});
