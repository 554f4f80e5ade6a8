import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Harness, replyTo, startHarness, startUpstream, type Upstream } from './support/harness.ts';

let shop: Harness;
let second: Upstream;
beforeEach(async () => {
  second = await startUpstream();
  // The harness of another file may take a bad port as soon as it is free.
  shop = await startHarness({}, () => startUpstream(), { order: second });
});
afterEach(async () => {
  await shop.stop();
  await second.close();
});

const asked = () => [shop.upstreams.order.received.length, second.received.length];
const get = async () => (await fetch(`${shop.url}/api/orders`)).status;
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${shop.url}/api${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });

/** The first so many requests, wherever they come, are taken whole; then their connections break. */
function breakFirst(count: number) {
  let left = count;
  for (const upstream of [shop.upstreams.order, second]) {
    const { answer } = upstream;
    upstream.answer = async (req, res) => {
      if (left === 0) return answer(req, res);
      left -= 1;
      for await (const _ of req);
      req.socket.destroy();
    };
  }
  return () => count - left;
}

describe('a service of two instances', () => {
  it('is asked in turn', async () => {
    for (let count = 0; count < 10; count++) expect(await get()).toBe(200);
    expect(asked()).toEqual([5, 5]);
  });

  it('is asked at the other one when nobody listens at one, whatever the request, body and all', async () => {
    await shop.upstreams.order.close();
    const body = 'x'.repeat(500_000);
    for (let count = 0; count < 4; count++) expect((await post('/cart', body)).status).toBe(200);
    expect(second.received.map((request) => request.body.length)).toEqual([
      500_000, 500_000, 500_000, 500_000,
    ]);
  });

  it.each([
    ['a GET', () => fetch(`${shop.url}/api/orders`)],
    ['an order with an Idempotency-Key', () => post('/orders', '{"a":1}', { 'idempotency-key': 'k' })],
  ])('is asked a second time when one breaks the connection: %s', async (_, send) => {
    const broken = breakFirst(1);
    expect((await send()).status).toBe(200);
    expect([broken(), ...asked().sort()]).toEqual([1, 0, 1]);
    expect([...shop.upstreams.order.received, ...second.received][0]).toMatchObject({ url: '/orders' });
  });

  it('is sent the same body the second time', async () => {
    breakFirst(1);
    await post('/orders', '{"a":1}', { 'idempotency-key': 'k' });
    const [{ body } = { body: '' }] = [...shop.upstreams.order.received, ...second.received];
    expect(body).toBe('{"a":1}');
  });

  it('is not asked again for what may have been done', async () => {
    const broken = breakFirst(2);
    for (const path of ['/orders', '/cart']) {
      const reply = await post(path, '{}');
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([504, null]);
      expect(await reply.json()).toMatchObject({ code: 'outcome-unknown' });
    }
    expect([broken(), ...asked()]).toEqual([2, 0, 0]);
  });

  /** Refuses the next requests before it does anything, as user_service does when too many passwords wait. */
  function refuse(upstream: Upstream, count: number) {
    const { answer } = upstream;
    let left = count;
    upstream.answer = async (req, res) => {
      if (left === 0) return answer(req, res);
      left -= 1;
      for await (const _ of req);
      res.writeHead(503, { 'x-nothing-done': '1', 'retry-after': '2' }).end('busy');
    };
  }

  it('is asked at the other one when one has refused before it did anything, whatever the request', async () => {
    refuse(second, 5);
    for (let count = 0; count < 4; count++) expect((await post('/cart', '{"a":1}')).status).toBe(200);
    expect(asked()).toEqual([4, 0]);
    expect(shop.upstreams.order.received.map(({ body }) => body)).toEqual(Array(4).fill('{"a":1}'));
  });

  it('passes the refusal on when all of them refuse, or the body is not there any more', async () => {
    for (const upstream of [shop.upstreams.order, second]) refuse(upstream, 3);
    for (const body of ['{"a":1}', 'x'.repeat(500_000)]) {
      const reply = await post('/cart', body);
      expect([reply.status, await reply.text(), reply.headers.get('retry-after')]).toEqual([
        503,
        'busy',
        '2',
      ]);
      expect(reply.headers.get('x-nothing-done')).toBeNull();
    }
    expect(asked()).toEqual([0, 0]);
  });

  it('is asked at the other one from when one says that it stops', async () => {
    for (let count = 0; count < 2; count++) expect(await get()).toBe(200);
    const { answer } = second;
    second.answer = (req, res) => {
      res.setHeader('x-draining', '1').setHeader('connection', 'close');
      return answer(req, res);
    };
    const replies = await Promise.all([fetch(`${shop.url}/api/orders`), fetch(`${shop.url}/api/orders`)]);
    for (const { headers } of replies)
      expect([headers.get('x-draining'), headers.get('connection')]).toEqual([null, 'keep-alive']);
    const before = asked();
    for (let count = 0; count < 6; count++) expect(await get()).toBe(200);
    expect(asked()).toEqual([(before[0] ?? 0) + 6, before[1]]);
  });

  it('is asked at the other one after one has not replied in time', async () => {
    const open: ServerResponse[] = [];
    second.answer = (_req, res) => void open.push(res);
    const statuses = await Promise.all([get(), get()]);
    expect(statuses.sort()).toEqual([200, 503]);
    for (let count = 0; count < 6; count++) expect(await get()).toBe(200);
    expect(open).toHaveLength(1);
  });

  it('is ready while one of them is', async () => {
    const degraded = async () => JSON.parse(await (await fetch(`${shop.url}/readyz`)).text()).degraded;
    await second.close();
    expect([await degraded(), await degraded()]).toEqual([[], []]);
    await shop.upstreams.order.close();
    expect(await degraded()).toEqual(['order_service']);
  });
});

it('a client that leaves in the middle of its body ends the request, which goes to no other instance', async () => {
  const arrived = Promise.race(
    [shop.upstreams.order, second].map(
      (upstream) =>
        new Promise<ServerResponse>((resolve) => {
          upstream.answer = (_req, res) => resolve(res);
        }),
    ),
  );
  const request = shop.request('/api/orders', {
    method: 'POST',
    headers: { 'content-length': '1000000', 'idempotency-key': 'k' },
  });
  request.on('error', () => {});
  request.write('x');
  const upstream = await arrived;
  const closed = once(upstream, 'close');
  request.destroy();
  await closed;
  expect((await replyTo(shop.request('/api/products').end())).status).toBe(200);
});
