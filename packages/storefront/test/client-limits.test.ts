import type { ServerResponse } from 'node:http';
import { createTestTokens, waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

const tokens = createTestTokens();
const limits = {
  limitClients: true,
  trustProxy: 1,
  readsPerAddress: { points: 4, duration: 60 },
  readsPerUser: { points: 2, duration: 60 },
  writesPerAddress: { points: 3, duration: 60 },
  expensivePerAddress: { points: 1, duration: 60 },
};

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness(limits);
  shop.upstreams.user.answer = (_req, res) => res.end(JSON.stringify({ keys: [tokens.publicJwk] }));
});
afterEach(() => shop.stop());

interface Caller {
  readonly address?: string;
  readonly token?: string;
}

function ask(path: string, { address = '192.0.2.1', token }: Caller = {}, init: RequestInit = {}) {
  const headers = new Headers({ 'x-forwarded-for': address });
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return fetch(`${shop.url}${path}`, { ...init, headers });
}

const statuses = async (replies: Promise<Response>[]) =>
  (await Promise.all(replies)).map(({ status }) => status).sort();

const received = () => shop.upstreams.catalog.received.length + shop.upstreams.order.received.length;

it('takes so many requests of an address in a time, and says in each reply what is left', async () => {
  const first = await ask('/api/products/1');
  expect(first.headers.get('ratelimit-policy')).toBe('"reads-per-address";q=4;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"reads-per-address";r=3;t=(60|59)$/);

  const asked = await statuses([1, 2, 3, 4].map((id) => ask(`/api/products/${id}`)));
  const refused = await ask('/api/orders');

  expect(asked).toEqual([200, 200, 200, 429]);
  expect(received()).toBe(4);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(await refused.json()).toMatchObject({ status: 429, code: 'too-many-requests' });
  expect(refused.headers.get('ratelimit')).toMatch(/^"reads-per-address";r=0;t=\d+$/);
  const [, seconds] = /t=(\d+)/.exec(refused.headers.get('ratelimit') ?? '') ?? [];
  expect(refused.headers.get('retry-after')).toBe(seconds);
  expect((await ask('/api/products/1', { address: '192.0.2.2' })).status).toBe(200);
});

it('counts reads, writes and what is expensive apart', async () => {
  const write = (path: string) => ask(path, {}, { method: 'POST', body: '{}' });
  expect(await statuses([1, 2, 3, 4].map(() => write('/api/cart')))).toEqual([200, 200, 200, 429]);
  expect(await statuses([write('/api/orders'), write('/api/create-payment')])).toEqual([200, 429]);
  expect((await ask('/api/products?limit=3&search=x')).status).toBe(429);
  expect((await ask('/api/products?limit=3')).status).toBe(200);
});

it('counts a network of IPv6 as one address', async () => {
  const from = (host: number) => ask('/api/products/1', { address: `2001:db8:0:7::${host}` });
  expect(await statuses([1, 2, 3, 4, 5].map(from))).toEqual([200, 200, 200, 200, 429]);
});

it('takes so many requests of a user, wherever they come from, and those of nobody by a token that is not valid', async () => {
  const claims = { id: 7, email: 'a@shop.test', role: 'customer' } as const;
  const token = tokens.token(claims);
  const forged = createTestTokens().token(claims);
  const from = (host: number, token: string) => ask('/api/orders', { address: `192.0.2.${host}`, token });

  expect(await statuses([1, 2, 3, 4].map((host) => from(host, forged)))).toEqual([200, 200, 200, 200]);
  const first = await from(1, token);
  expect(first.headers.get('ratelimit')).toMatch(
    /^"reads-per-address";r=2;t=\d+, "reads-per-user";r=1;t=\d+$/,
  );
  expect((await from(2, token)).status).toBe(200);
  const refused = await from(3, token);
  expect([refused.status, await refused.json()]).toMatchObject([429, { code: 'too-many-requests' }]);
  const another = tokens.token({ ...claims, id: 8 });
  expect((await from(3, another)).status).toBe(200);
});

it('answers so many requests of an address at once, and its streams apart', async () => {
  await shop.stop();
  shop = await startHarness({
    limitClients: true,
    trustProxy: 1,
    requestsAtOncePerAddress: 2,
    streamsPerAddress: 1,
  });
  const held: ServerResponse[] = [];
  shop.upstreams.order.answer = (_req, res) => void held.push(res);
  const waiting = ['/api/cart', '/api/cart', '/api/orders/1/events'].map((path) => ask(path));
  await waitFor(() => held.length === 3);

  const more = ['/api/cart', '/api/products/1', '/api/orders/2/events'].map((path) => ask(path));
  for (const refused of await Promise.all(more)) {
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(refused.headers.get('connection')).toBe('close');
  }
  expect((await ask('/api/products/1', { address: '192.0.2.2' })).status).toBe(200);

  for (const res of held) res.end('{}');
  expect(await statuses(waiting)).toEqual([200, 200, 200]);
  await waitFor(async () => (await ask('/api/products/1')).status === 200);
});

it('forwards so many requests of an address to a service at once; the next wait, and hold up nobody else', async () => {
  await shop.stop();
  shop = await startHarness({ limitClients: true, trustProxy: 1, forwardedAtOncePerAddress: 1 });
  const held: ServerResponse[] = [];
  shop.upstreams.order.answer = (_req, res) => void held.push(res);
  const first = ask('/api/cart');
  await waitFor(() => held.length === 1);
  const second = ask('/api/cart');

  expect((await ask('/api/products/1')).status).toBe(200);
  const others = [ask('/api/cart', { address: '192.0.2.2' }), ask('/api/cart', {}, { method: 'DELETE' })];
  await waitFor(() => held.length === 3);
  for (const res of held) res.end('{}');
  expect(await statuses([first, ...others])).toEqual([200, 200, 200]);
  await waitFor(() => held.length === 4);
  held[3]?.end('{}');
  expect((await second).status).toBe(200);

  // Each turn takes 3 s, as the service does not reply: the last one would wait for 6 s.
  expect(await statuses([1, 2, 3].map(() => ask('/api/cart')))).toEqual([429, 503, 503]);
}, 20_000);

it('keeps no connection to a service for clients that leave while they wait', async () => {
  await shop.stop();
  shop = await startHarness({ limitClients: true, trustProxy: 1, forwardedAtOncePerAddress: 8 });
  const { catalog } = shop.upstreams;
  // As long as services keep one: only the gateway closes those that it does not need.
  catalog.server.keepAliveTimeout = 65_000;
  const connections = () =>
    new Promise<number>((resolve) => catalog.server.getConnections((_error, count) => resolve(count)));
  const { answer } = catalog;
  const held: ServerResponse[] = [];
  catalog.answer = (_req, res) => void held.push(res);
  const crowd = Array.from({ length: 100 }, () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    return shop
      .request('/api/products/1', { headers })
      .on('error', () => {})
      .end();
  });
  await waitFor(() => held.length === 8 && crowd.every(({ socket }) => socket?.connecting === false));
  catalog.answer = answer;
  for (const request of crowd) request.destroy();
  // Behind all of them in their line.
  await waitFor(async () => (await ask('/api/products/1')).status === 200);
  // Those that are idle are closed after 4 s.
  await waitFor(async () => (await connections()) === 0, { timeoutMs: 10_000 });
}, 20_000);

it('passes on what a service says of its own limits', async () => {
  shop.upstreams.payment.answer = (_req, res) => {
    res.setHeader('RateLimit', '"payments-per-user";r=9;t=60').end('{}');
  };
  const reply = await ask('/api/verify-payment/pi_1', {}, { method: 'POST' });
  expect(reply.headers.get('ratelimit')).toBe(
    '"expensive-per-address";r=0;t=60, "payments-per-user";r=9;t=60',
  );
});

it('refuses no probe, and nothing at all when it is told so', async () => {
  expect(await statuses([1, 2, 3, 4, 5, 6].map(() => ask('/healthz')))).toEqual(Array(6).fill(200));
  await shop.stop();
  shop = await startHarness({ ...limits, limitClients: false });
  expect(await statuses([1, 2, 3, 4, 5, 6].map((id) => ask(`/api/products/${id}`)))).toEqual(
    Array(6).fill(200),
  );
  expect((await ask('/api/products/1')).headers.has('ratelimit')).toBe(false);
});
