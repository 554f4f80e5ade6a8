import { type Harness, replyTo, startHarness } from './support/harness.ts';

let shop: Harness;
afterEach(() => shop.stop());

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const forwardedHeaders = () => shop.upstreams.catalog.received[0]?.headers ?? {};
const ask = (headers: Record<string, string>) => fetch(`${shop.url}/api/products`, { headers });

describe('the trace', () => {
  it('is passed on', async () => {
    shop = await startHarness();
    const reply = await ask({ 'x-request-id': 'abc-1', traceparent });
    expect(forwardedHeaders()).toMatchObject({ 'x-request-id': 'abc-1', traceparent });
    expect(reply.headers.get('x-request-id')).toBe('abc-1');
  });

  it('is begun when there is none, or none that can be read', async () => {
    shop = await startHarness();
    const reply = await ask({ 'x-request-id': 'not an id!', traceparent: 'odd' });
    expect(forwardedHeaders()['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(forwardedHeaders()['x-request-id']).toBe(reply.headers.get('x-request-id'));
    expect(forwardedHeaders()['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

describe('who called', () => {
  const spoofed = {
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.test',
  };

  it('is told by the gateway, not by the caller', async () => {
    shop = await startHarness();
    await ask(spoofed);
    expect(forwardedHeaders()).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${shop.port}`,
    });
  });

  it.each([[1], [['loopback']], [['10.0.0.0/8', '127.0.0.1']]])(
    'is told by a trusted proxy before it: %j',
    async (trustProxy) => {
      shop = await startHarness({ trustProxy });
      await ask({ ...spoofed, 'x-forwarded-host': 'shop.test' });
      expect(forwardedHeaders()).toMatchObject({
        'x-forwarded-for': '6.6.6.6, 127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'shop.test',
      });
    },
  );

  it('is not told by a proxy that has none of the trusted addresses', async () => {
    shop = await startHarness({ trustProxy: ['10.0.0.0/8'] });
    await ask(spoofed);
    expect(forwardedHeaders()).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${shop.port}`,
    });
  });
});

describe('what concerns one connection', () => {
  it('stays on it', async () => {
    shop = await startHarness();
    shop.upstreams.catalog.answer = (req, res) => {
      shop.upstreams.catalog.received.push({ method: '', url: '', headers: req.headers, body: '' });
      res.setHeader('connection', 'x-inner, close').setHeader('x-inner', 'secret').end('{}');
    };
    const headers = {
      connection: 'close, X-Outer',
      'x-outer': 'secret',
      te: 'trailers',
      'proxy-authorization': 'x',
    };
    const reply = await replyTo(shop.request('/api/products', { headers }).end());
    expect(forwardedHeaders()['connection']).toBe('keep-alive');
    for (const name of ['x-outer', 'te', 'proxy-authorization'])
      expect(forwardedHeaders()[name]).toBeUndefined();
    expect(reply.headers['x-inner']).toBeUndefined();
    expect(reply.headers.connection).toBe('close');
  });

  it('cannot hide how a body is framed', async () => {
    shop = await startHarness();
    const request = shop.request('/api/products', {
      method: 'GET',
      headers: { connection: 'transfer-encoding, content-length', 'transfer-encoding': 'chunked' },
    });
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    expect((await replyTo(request.end(smuggled))).status).toBe(200);
    await (await fetch(`${shop.url}/api/products`)).text();
    expect(shop.upstreams.catalog.received.map(({ url, body }) => [url, body])).toEqual([
      ['/products', smuggled],
      ['/products', ''],
    ]);
  });

  it('is framed anew for a DELETE with a chunked body', async () => {
    shop = await startHarness();
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const headers = { 'transfer-encoding': 'chunked' };
    const request = shop.request('/api/products/1', { method: 'DELETE', headers });
    expect((await replyTo(request.end(smuggled))).status).toBe(200);
    await (await fetch(`${shop.url}/api/products/1`, { method: 'DELETE', body: 'x' })).text();
    await (await fetch(`${shop.url}/api/products/1`, { method: 'DELETE' })).text();
    expect(shop.upstreams.catalog.received.map(({ url, body }) => [url, body])).toEqual([
      ['/products/1', smuggled],
      ['/products/1', 'x'],
      ['/products/1', ''],
    ]);
  });
});

describe('pages of other origins', () => {
  it('may call when they are allowed to', async () => {
    shop = await startHarness({ corsOrigins: ['https://shop.test'] });
    const allowed = await ask({ origin: 'https://shop.test' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.test');
    const other = await ask({ origin: 'https://evil.test' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});
