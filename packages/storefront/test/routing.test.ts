import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { type Harness, replyTo, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

const allReceived = () => Object.values(shop.upstreams).flatMap(({ received }) => received);

describe('the gateway', () => {
  it.each([
    ['user', '/api/register', '/register'],
    ['user', '/api/guest', '/guest'],
    ['user', '/api/login', '/login'],
    ['user', '/api/me', '/me'],
    ['user', '/api/password-resets/confirm', '/password-resets/confirm'],
    ['user', '/api/api-keys/token', '/api-keys/token'],
    ['user', '/api/email-verifications', '/email-verifications'],
    ['user', '/api/addresses/1', '/addresses/1'],
    ['user', '/api/validate', '/validate'],
    ['user', '/api/refresh', '/refresh'],
    ['user', '/api/logout', '/logout'],
    ['user', '/api/auth/login', '/auth/login'],
    ['user', '/api/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['catalog', '/api/products?search=a%20b&limit=3', '/products?search=a%20b&limit=3'],
    ['catalog', '/api/products/7', '/products/7'],
    ['order', '/api/cart', '/cart'],
    ['order', '/api/orders/abc/events', '/orders/abc/events'],
    ['payment', '/api/create-payment', '/create-payment'],
    ['payment', '/api/verify-payment/pi_1', '/verify-payment/pi_1'],
  ] as const)('asks the %s service for %s', async (service, path, forwarded) => {
    const reply = await fetch(`${shop.url}${path}`);
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({ url: forwarded });
    expect(shop.upstreams[service].received).toHaveLength(1);
    expect(allReceived()).toHaveLength(1);
  });

  it.each([
    '/api',
    '/api/',
    '/api/nothing',
    '/api/webhooks/stripe',
    '/api//webhooks/stripe',
    '/api/%77ebhooks/stripe',
    '/api/guests/forget',
    '/api/readyz',
    '/api/constructor',
  ])('has no %s', async (path) => {
    const reply = await fetch(`${shop.url}${path}`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(await reply.json()).toMatchObject({ status: 404, code: 'route-not-found', instance: path });
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(allReceived()).toEqual([]);
  });

  it('draws pictures of the demo products, each its own, for pages of any origin', async () => {
    const [first, second] = await Promise.all(
      ['toys/wooden-blocks', 'toys/kite'].map((name) => fetch(`${shop.url}/pictures/${name}.svg`)),
    );
    const [blocks, kite] = [await first?.text(), await second?.text()];
    expect(first?.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(first?.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(first?.headers.get('cache-control')).toBe('public, max-age=86400');
    expect(blocks).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(kite).not.toBe(blocks);
  });

  it.each(['/pictures/nothing/kite.svg', '/pictures/constructor/kite.svg', '/pictures/toys/kite.png'])(
    'has no picture %s',
    async (path) => {
      const reply = await fetch(`${shop.url}${path}`);
      expect(await reply.json()).toMatchObject({ status: 404, code: 'route-not-found' });
    },
  );

  it('forwards nothing that is not below /api', async () => {
    expect((await fetch(`${shop.url}/orders`)).status).toBe(404);
    expect(allReceived()).toEqual([]);
  });

  it('cannot be led out of the path it was asked for', async () => {
    await replyTo(shop.request('/api/create-payment/../webhooks/stripe', { method: 'POST' }).end());
    expect(shop.upstreams.payment.received.map(({ url }) => url)).toEqual([
      '/create-payment/../webhooks/stripe',
    ]);
  });

  it('takes a whole URL for its path, whatever its host', async () => {
    const reply = await replyTo(shop.request('http://evil.test/api/products?limit=3').end());
    expect(JSON.parse(reply.body)).toEqual({ url: '/products?limit=3' });
    expect(shop.upstreams.catalog.received).toHaveLength(1);
  });

  it('tells a service what its paths begin with here', async () => {
    await fetch(`${shop.url}/api/products`);
    await fetch(`${shop.url}/api/products`, { headers: { 'x-forwarded-prefix': '/evil' } });
    const prefixes = shop.upstreams.catalog.received.map(({ headers }) => headers['x-forwarded-prefix']);
    expect(prefixes).toEqual(['/api', '/api']);
  });

  it('lists what it has', async () => {
    const index = (await (await fetch(shop.url)).json()) as { name: string; api: string[] };
    expect(index.name).toBe('shop');
    expect(index.api).toContain('/api/products');
  });

  it('passes on bodies, statuses and headers as they are', async () => {
    const body = '{"not": json';
    const headers = { 'content-type': 'text/odd', authorization: 'Bearer abc', 'idempotency-key': 'k1' };
    shop.upstreams.order.answer = async (req, res) => {
      let received = '';
      for await (const chunk of req) received += chunk;
      shop.upstreams.order.received.push({ method: 'POST', url: '', headers: req.headers, body: received });
      res.writeHead(409, { 'content-type': 'application/problem+json', etag: '"1"', location: '/orders/7' });
      res.end('{"code":"price-changed"}');
    };
    const reply = await fetch(`${shop.url}/api/orders`, { method: 'POST', body, headers });
    expect(reply.status).toBe(409);
    expect(reply.headers.get('content-type')).toBe('application/problem+json');
    expect(reply.headers.get('etag')).toBe('"1"');
    expect(reply.headers.get('location')).toBe('/api/orders/7');
    expect(await reply.text()).toBe('{"code":"price-changed"}');
    const [received] = shop.upstreams.order.received;
    expect(received).toMatchObject({ body, headers: { ...headers, 'content-length': String(body.length) } });
  });

  it('leaves it to the service which methods a path has', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      expect((await fetch(`${shop.url}/api/products`, { method })).status).toBe(200);
    }
    expect(shop.upstreams.catalog.received.map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'PATCH']);
    const reply = await fetch(shop.url, { method: 'POST' });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('passes on what may be kept, and for how long', async () => {
    shop.upstreams.catalog.answer = (_req, res) =>
      void res.setHeader('cache-control', 'public, max-age=60').end('{}');
    const reply = await fetch(`${shop.url}/api/products`);
    expect(reply.headers.get('cache-control')).toBe('public, max-age=60');
  });

  it('answers HEAD as the service does', async () => {
    shop.upstreams.catalog.answer = (_req, res) =>
      void res.writeHead(200, { 'content-type': 'application/json', etag: '"7"', 'content-length': 2 }).end();
    const reply = await replyTo(shop.request('/api/products/7', { method: 'HEAD' }).end());
    expect(reply).toMatchObject({ status: 200, body: '', headers: { etag: '"7"', 'content-length': '2' } });
  });
});

it('tells a client when its connection has asked often enough, so that it begins another in time', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses = new Set<number | undefined>();
  for (let count = 0; count < 250; count++) {
    const request = get(`${shop.url}/api/products`, { agent });
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    statuses.add(reply.statusCode);
    reply.resume();
    await once(reply, 'end');
  }
  agent.destroy();
  expect([...statuses]).toEqual([200]);
});
