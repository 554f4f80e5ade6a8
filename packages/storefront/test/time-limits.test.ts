import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import net, { type AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import { createServiceProxy } from '../src/service-proxy.ts';
import { type Harness, replyTo, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

const timed = async (path: string, method = 'GET') => {
  const startedAt = performance.now();
  const reply = await fetch(`${shop.url}${path}`, { method });
  await reply.text();
  return { status: reply.status, seconds: Math.floor((performance.now() - startedAt) / 1_000) };
};

describe('the time limit of a reply', () => {
  it('is for all but those who ask for an event stream, however its path is written', async () => {
    shop.upstreams.order.answer = (_req, res) => {
      setTimeout(() => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(), 3_500);
    };
    expect(
      await Promise.all([
        timed('/api/orders/1/events'),
        timed('/api/orders/1/events/'),
        timed('/api/orders/1/Events'),
        timed('/api/orders/1/events', 'POST'),
        timed('/api/orders/1/events/more'),
      ]),
    ).toEqual([
      { status: 200, seconds: 3 },
      { status: 200, seconds: 3 },
      { status: 200, seconds: 3 },
      { status: 504, seconds: 3 },
      { status: 503, seconds: 3 },
    ]);
  });

  it('ends the request at the service too', async () => {
    const asked = new Promise<ServerResponse>((resolve) => {
      shop.upstreams.order.answer = (_req, res) => resolve(res);
    });
    const reply = fetch(`${shop.url}/api/orders`);
    const upstream = await asked;
    const closed = once(upstream, 'close');
    expect((await reply).status).toBe(503);
    await closed;
    expect(upstream.writableEnded).toBe(false);
  });
});

it('a request with a body that waits for a connection has the time limit, too', async () => {
  await shop.stop();
  shop = await startHarness({ limitClients: false });
  shop.upstreams.order.answer = () => {};
  const many = Array.from({ length: 260 }, () =>
    replyTo(
      shop
        .request('/api/cart', { method: 'POST', headers: { 'content-type': 'application/json' } })
        .end('{}'),
    ),
  );
  const startedAt = performance.now();
  const replies = await Promise.all(many);
  // Of those that got a connection nobody knows what the service did.
  for (const { status } of replies) expect([503, 504]).toContain(status);
  expect(performance.now() - startedAt).toBeLessThan(5_500);
});

it('a reply that comes before the whole request closes the connection, the rest of which nobody reads', async () => {
  shop.upstreams.order.answer = (_req, res) => {
    res.writeHead(401, { 'content-type': 'application/json' }).end('{}');
  };
  const agent = new http.Agent({ keepAlive: true });
  const request = shop.request('/api/cart', {
    method: 'POST',
    agent,
    headers: { 'content-length': '3000000' },
  });
  request.on('error', () => {});
  request.write('x'.repeat(300_000));
  const reply = await replyTo(request);
  expect({ status: reply.status, connection: reply.headers.connection }).toEqual({
    status: 401,
    connection: 'close',
  });
  agent.destroy();
});

describe('silence', () => {
  /** A gateway to the order service that takes a second of it for too long, instead of half a minute. */
  async function startImpatient(type: string) {
    const upstream = http.createServer((_req, res) => {
      res.writeHead(200, { 'content-type': type }).write('first ');
      setTimeout(() => res.end('last'), 3_000);
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const proxy = createServiceProxy('order', [urlOf(upstream)], { silenceMs: 1_000 });
    const gateway = express()
      .use((req, res) => proxy.forward(req, res))
      .listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    return {
      url: urlOf(gateway),
      stop: async () => {
        await proxy.close();
        gateway.close();
        upstream.close();
      },
    };
  }
  const urlOf = (server: http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('for too long cuts a reply', async () => {
    const gateway = await startImpatient('application/json');
    const reply = await fetch(`${gateway.url}/orders`);
    await expect(reply.text()).rejects.toThrow();
    await gateway.stop();
  });

  it('of any length leaves an event stream open', async () => {
    const gateway = await startImpatient('text/event-stream');
    const reply = await fetch(`${gateway.url}/orders/1/events`);
    expect(await reply.text()).toBe('first last');
    await gateway.stop();
  });
});

describe('a service whose machine says nothing', () => {
  const { connect } = net;
  beforeEach(() => {
    net.connect = () => new Socket();
  });
  afterEach(() => {
    net.connect = connect;
  });

  it('is given up after two seconds, also where a reply may take longer', async () => {
    const startedAt = performance.now();
    // Not by fetch, which would connect in vain, too.
    const reply = await replyTo(shop.request('/api/create-payment', { method: 'POST' }).end());
    expect(reply.status).toBe(503);
    const seconds = (performance.now() - startedAt) / 1_000;
    // undici looks at its limits twice a second.
    expect(seconds).toBeGreaterThan(1.4);
    expect(seconds).toBeLessThan(3.1);
  });
});

it('a reply that is under way when the gateway stops closes its connection', async () => {
  const agent = new http.Agent({ keepAlive: true });
  const asked = new Promise<ServerResponse>((resolve) => {
    shop.upstreams.order.answer = (_req, res) => resolve(res);
  });
  const request = shop.request('/api/orders', { agent }).end();
  const upstream = await asked;
  const stopped = shop.storefront.stop();
  await delay(50);
  upstream.end('{}');
  expect((await replyTo(request)).headers.connection).toBe('close');
  await stopped;
  agent.destroy();
});
