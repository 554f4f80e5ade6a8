import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { waitFor } from '@shop/testing';
import { type Harness, replyTo, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

/** Keeps the next request to the order service open, for the test to answer. */
function holdNext(): Promise<[IncomingMessage, ServerResponse]> {
  return new Promise((resolve) => {
    shop.upstreams.order.answer = (req, res) => resolve([req, res]);
  });
}

const eventStream = { 'content-type': 'text/event-stream' };

describe('streams', () => {
  it('pass events one by one, the headers before the first', async () => {
    const held = holdNext();
    const asked = fetch(`${shop.url}/api/orders/1/events`);
    const [, upstream] = await held;
    upstream.writeHead(200, eventStream).flushHeaders();
    const reply = await asked;
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      upstream.write(event);
      expect((await reader?.read())?.value).toBe(event);
    }
    upstream.end();
    expect((await reader?.read())?.done).toBe(true);
  });

  it('end upstream when the client goes away', async () => {
    const held = holdNext();
    const leaving = new AbortController();
    const asked = fetch(`${shop.url}/api/orders/1/events`, { signal: leaving.signal });
    const [, upstream] = await held;
    upstream.writeHead(200, eventStream).flushHeaders();
    await asked;
    const closed = once(upstream, 'close');
    leaving.abort();
    await closed;
    expect(upstream.writableFinished).toBe(false);
  });

  it('end when the gateway stops, which does not wait for them', async () => {
    const held = holdNext();
    const asked = fetch(`${shop.url}/api/orders/1/events`);
    const [, upstream] = await held;
    upstream.writeHead(200, eventStream).write('data: 1\n\n');
    const reply = await asked;
    const startedAt = Date.now();
    await shop.storefront.stop();
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await reply.text()).toBe('data: 1\n\n');
    await waitFor(() => upstream.destroyed || upstream.closed, { what: 'the upstream reply to be closed' });
  });

  it('end when the gateway stops, however many events still come', async () => {
    const held = holdNext();
    const asked = fetch(`${shop.url}/api/orders/1/events`);
    const [, upstream] = await held;
    upstream.writeHead(200, eventStream).write('data: 1\n\n');
    const reply = await asked;
    const sending = setInterval(() => upstream.write('data: 2\n\n'), 1);
    await shop.storefront.stop();
    expect(await reply.text()).toMatch(/^data: 1\n\n(data: 2\n\n)*$/);
    clearInterval(sending);
  });

  it('end at once when they begin while the gateway stops', async () => {
    const held = holdNext();
    const asked = fetch(`${shop.url}/api/orders/1/events`);
    const [, upstream] = await held;
    const startedAt = Date.now();
    const stopped = shop.storefront.stop();
    upstream.writeHead(200, eventStream).write('data: 1\n\n');
    expect((await asked).status).toBe(200);
    await stopped;
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  it('are not compressed, and nothing else is a second time', async () => {
    const headers = { 'accept-encoding': 'gzip, br' };
    for (const [path, type] of [
      ['/api/orders/1/events', 'text/event-stream'],
      ['/api/orders/1', 'application/json'],
    ] as const) {
      const held = holdNext();
      const asked = replyTo(shop.request(path, { headers }).end());
      const [, upstream] = await held;
      const body = `"${'x'.repeat(5_000)}"`;
      upstream.writeHead(200, { 'content-type': type, vary: 'Origin, Accept-Encoding' }).end(body);
      const reply = await asked;
      expect(reply.headers['content-encoding']).toBeUndefined();
      expect(reply.headers.vary).toBe('Origin, Accept-Encoding');
      expect(reply.body).toBe(body);
    }
  });

  it('pass a body on while it is still being sent', async () => {
    const held = holdNext();
    const request = shop.request('/api/orders', {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    });
    request.write('first');
    const [received, upstream] = await held;
    expect(String((await once(received, 'data'))[0])).toBe('first');
    const rest = once(received, 'data');
    request.end('second');
    expect(String((await rest)[0])).toBe('second');
    upstream.end('{}');
    expect((await replyTo(request)).status).toBe(200);
  });
});

describe('a request', () => {
  it('is given up upstream when its client gives up', async () => {
    const held = holdNext();
    const leaving = new AbortController();
    const asked = fetch(`${shop.url}/api/orders`, { signal: leaving.signal });
    const [, upstream] = await held;
    const closed = once(upstream, 'close');
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await closed;
    expect(upstream.writableFinished).toBe(false);
  });

  it('is not answered whole when the reply broke off', async () => {
    const held = holdNext();
    const asked = fetch(`${shop.url}/api/orders`);
    const [, upstream] = await held;
    upstream.writeHead(200, { 'content-type': 'application/json' });
    upstream.write('{"half":');
    const reply = await asked;
    upstream.destroy();
    await expect(reply.text()).rejects.toThrow();
  });

  it.each([
    ['503 when it may be repeated', '/api/login', 503, 'user-service-unavailable'],
    ['503 with a key', '/api/orders', 503, 'order-service-unavailable'],
    ['504 when it may have been done', '/api/cart', 504, 'outcome-unknown'],
  ])('is answered %s, when its service dies over it', async (_, path, status, code) => {
    for (const upstream of [shop.upstreams.order, shop.upstreams.user])
      upstream.answer = (_req, res) => void res.destroy();
    const headers = { 'idempotency-key': 'k' };
    const reply = await fetch(`${shop.url}${path}`, { method: 'POST', body: '{}', headers });
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ code });
  });
});
