import { currentTrace, type HealthChecks, httpSettings, type Metrics, readSettings } from '@shop/service-kit';
import express, { Router } from 'express';
import request from 'supertest';
import { createTestApp } from './support/test-app.ts';
import { waitFor } from './support/wait-for.ts';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

describe('the trace', () => {
  const { app, log } = createTestApp((router) => {
    router.all('/trace', async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve));
      res.json(currentTrace());
    });
  });

  it('goes on from what the caller sent, through bodies and waiting', async () => {
    const reply = await request(app)
      .post('/trace')
      .set({ 'X-Request-Id': 'shop:42', traceparent })
      .send({ some: 'body' });
    expect(reply.body).toEqual({ requestId: 'shop:42', traceparent });
    expect(reply.headers['x-request-id']).toBe('shop:42');
  });

  it.each([
    ['none', {}],
    ['what could break a log or a header', { 'X-Request-Id': 'a b"c', traceparent: 'ff-zz' }],
    ['what is too long', { 'X-Request-Id': 'a'.repeat(129), traceparent: `${traceparent}-00` }],
    ['zeros', { traceparent: `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01` }],
  ])('begins anew with %s', async (_, headers) => {
    const one = await request(app).get('/trace').set(headers);
    const two = await request(app).get('/trace').set(headers);
    for (const { body, headers } of [one, two]) {
      expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(body.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(headers['x-request-id']).toBe(body.requestId);
    }
    expect(one.body.requestId).not.toBe(two.body.requestId);
    expect(one.body.traceparent).not.toBe(two.body.traceparent);
  });

  it('is on the line of the access log, which holds no query and no header', async () => {
    log.lines.length = 0;
    await request(app)
      .post('/trace?code=hidden')
      .set({ 'X-Request-Id': 'logged-1', traceparent, Authorization: 'Bearer hidden' })
      .send({ password: 'hidden' });
    await waitFor(() => log.lines.length > 0);
    expect(log.lines).toMatchObject([
      {
        requestId: 'logged-1',
        traceId: 'a'.repeat(32),
        req: { method: 'POST', path: '/trace' },
        res: { status: 200 },
      },
    ]);
    expect(log.text()).not.toContain('hidden');
  });
});

describe('CORS_ORIGINS', () => {
  const { corsOrigins } = readSettings(
    { CORS_ORIGINS: 'http://localhost:*, https://Shop.test, http://[::1]:*' },
    httpSettings(0),
  );
  const { app } = createTestApp((router) => router.get('/', (_req, res) => void res.json({})), {
    corsOrigins,
  });
  const allowed = async (origin: string) =>
    (await request(app).get('/').set('Origin', origin)).headers['access-control-allow-origin'] === origin;

  it.each(['http://localhost:5173', 'http://localhost', 'https://shop.test', 'http://[::1]:80'])(
    'allow %s',
    async (origin) => expect(await allowed(origin)).toBe(true),
  );

  it.each([
    'https://localhost:5173',
    'http://localhost:5173.evil.test',
    'http://localhost:x',
    'http://local',
  ])('do not allow %s', async (origin) => expect(await allowed(origin)).toBe(false));

  it.each(['*', 'shop.test', 'https://shop.test/', 'https://*.shop.test', 'http://localhost:*/app'])(
    'are refused with %s, which no browser would send',
    (origin) =>
      expect(() => readSettings({ CORS_ORIGINS: origin }, httpSettings(0))).toThrow(
        `CORS_ORIGINS must have origins like https://shop.example or http://localhost:*, not "${origin}"`,
      ),
  );
});

describe('a browser', () => {
  const { app } = createTestApp((router) => router.get('/', (_req, res) => void res.json({})), {
    corsOrigins: ['https://shop.test'],
  });

  it('may call from an allowed origin, and read what it needs', async () => {
    const preflight = await request(app)
      .options('/')
      .set({ Origin: 'https://shop.test', 'Access-Control-Request-Method': 'PATCH' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.test',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-max-age': '7200',
    });
    const { headers } = await request(app).get('/').set('Origin', 'https://shop.test');
    expect(headers['access-control-allow-origin']).toBe('https://shop.test');
    expect(headers['access-control-expose-headers']).toBe(
      'ETag,Location,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id',
    );
    expect(headers['vary']).toContain('Origin');
  });

  it.each(['https://evil.test', 'https://shop.test.evil.test', 'http://shop.test', 'null'])(
    'may not call from %s',
    async (origin) => {
      for (const reply of [
        await request(app).get('/').set('Origin', origin),
        await request(app).options('/').set({ Origin: origin, 'Access-Control-Request-Method': 'GET' }),
        await request(createTestApp().app).get('/').set('Origin', origin),
      ]) {
        expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      }
    },
  );

  it('is told to be careful, and nothing of what runs here', async () => {
    for (const path of ['/', '/nowhere', '/healthz']) {
      const { headers } = await request(app).get(path);
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
        'x-content-type-options': 'nosniff',
      });
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});

it.each([
  [0, '127.0.0.1'],
  [1, '203.0.113.9'],
])('with %d proxies before it takes %s for the caller', async (trustProxy, ip) => {
  const { app } = createTestApp((router) => router.get('/ip', (req, res) => void res.json(req.ip)), {
    trustProxy,
  });
  const reply = await request(app).get('/ip').set('X-Forwarded-For', '198.51.100.1, 203.0.113.9');
  expect(reply.body.replace('::ffff:', '')).toBe(ip);
});

it('hands raw bytes to the routes that ask for them, and JSON to all others', async () => {
  const raw = Router().post('/raw', express.raw({ type: () => true }), (req, res) => {
    res.json({ raw: req.body.toString() });
  });
  const { app } = createTestApp((router) => router.post('/json', (req, res) => void res.json(req.body)), {
    rawRoutes: [raw],
  });
  const post = (path: string) =>
    request(app).post(path).set('Content-Type', 'application/json').send('{ "a":1 }');
  expect((await post('/raw')).body).toEqual({ raw: '{ "a":1 }' });
  expect((await post('/json')).body).toEqual({ a: 1 });
});

describe('health', () => {
  const fine = async () => {};
  const broken = async () => {
    throw new Error('secret://address');
  };
  const ask = (checks: Partial<HealthChecks>, path = '/readyz') =>
    request(createTestApp(undefined, { health: { required: {}, draining: () => false, ...checks } }).app).get(
      path,
    );

  it('is ready when all checks pass', async () => {
    const reply = await ask({ required: { postgres: fine }, optional: { events: fine } });
    expect([reply.status, reply.body]).toEqual([200, { status: 'ready', failed: [], degraded: [] }]);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('is away without what it needs', async () => {
    const reply = await ask({ required: { postgres: broken, disk: fine }, optional: { events: broken } });
    expect([reply.status, reply.body]).toEqual([
      503,
      { status: 'unavailable', failed: ['postgres'], degraded: ['events'] },
    ]);
  });

  it('is ready, and says so, without what it can do without', async () => {
    const synchronous = () => {
      throw new Error('at once');
    };
    const reply = await ask({
      required: { postgres: fine },
      optional: { events: broken, search: synchronous },
    });
    expect([reply.status, reply.body]).toEqual([
      200,
      { status: 'ready', failed: [], degraded: ['events', 'search'] },
    ]);
    expect(reply.text).not.toContain('secret');
  });

  it('does not wait for a check that hangs', async () => {
    const hanging = () => new Promise(() => {});
    const startedAt = performance.now();
    const reply = await ask({ required: { postgres: hanging } });
    expect(reply.body).toMatchObject({ status: 'unavailable', failed: ['postgres'] });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('is not ready while it drains, but alive', async () => {
    const draining = { required: { postgres: fine }, draining: () => true };
    const reply = await ask(draining);
    expect([reply.status, reply.body.status]).toEqual([503, 'draining']);
    const alive = await ask({ ...draining, required: { postgres: broken } }, '/healthz');
    expect([alive.status, alive.body]).toEqual([200, { status: 'ok' }]);
  });

  it('is not alive when only a new process can help, and says why', async () => {
    const reply = await ask(
      { alive: { database: () => false, other: () => true }, required: {} },
      '/healthz',
    );
    expect([reply.status, reply.body]).toEqual([503, { status: 'stuck', failed: ['database'] }]);
  });

  it('does not fill the access log', async () => {
    const { app, log } = createTestApp();
    for (const path of ['/healthz', '/readyz', '/nowhere']) await request(app).get(path);
    await waitFor(() => log.lines.length > 0);
    expect(log.lines.map(({ req }) => req)).toEqual([{ method: 'GET', path: '/nowhere' }]);
  });
});

describe('metrics', () => {
  const series = async ({ registry }: Metrics) => {
    const text = await registry.metrics();
    return text.split('\n').filter((line) => line.startsWith('http_requests_total{'));
  };

  it('are counted by the pattern of the route, never by what a caller chose', async () => {
    const { app, metrics } = createTestApp((router) => {
      router.get(
        '/orders/:orderNumber',
        (req, res) => void res.status(req.params.orderNumber === 'a' ? 200 : 404).end(),
      );
      router.use(
        '/auth',
        Router().post('/login', (_req, res) => void res.end()),
      );
    });
    for (const id of ['a', 'b', 'c']) await request(app).get(`/orders/${id}?q=${id}`);
    for (const path of ['/x1', '/x2', '/x3']) await request(app).get(path);
    for (const path of ['/auth/login', '/AUTH/login', '/Auth/Login', '/auth/login/'])
      await request(app).post(path);
    for (const type of ['a/1', 'a/2']) {
      await request(app).post('/auth/login').set('Content-Type', type).send('x');
    }
    await waitFor(async () => (await series(metrics)).length > 0);

    const label = (method: string, route: string, status: number, count: number) =>
      `http_requests_total{method="${method}",route="${route}",status_code="${status}",service="test_service"} ${count}`;
    expect((await series(metrics)).sort()).toEqual(
      [
        label('GET', '/orders/:orderNumber', 200, 1),
        label('GET', '/orders/:orderNumber', 404, 2),
        label('GET', 'none', 404, 3),
        label('POST', '/auth/login', 200, 4),
        label('POST', 'none', 415, 2),
      ].sort(),
    );
  });

  it('are a service’s own, though several share a process', async () => {
    const [one, two] = [createTestApp(), createTestApp()];
    await request(one.app).get('/nowhere');
    expect(await series(one.metrics)).toHaveLength(1);
    expect(await series(two.metrics)).toEqual([]);
    const text = await two.metrics.registry.metrics();
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
  });
});
