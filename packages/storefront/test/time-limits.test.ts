import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
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
      { status: 503, seconds: 3 },
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

describe('silence', () => {
  const { setTimeout: limit } = http.ClientRequest.prototype;
  beforeEach(() => {
    // A hundredth of the time: 30 s become 300 ms.
    http.ClientRequest.prototype.setTimeout = function (ms, onTimeout) {
      return limit.call(this, ms / 100, onTimeout);
    };
  });
  afterEach(() => {
    http.ClientRequest.prototype.setTimeout = limit;
  });

  const answerThenPause = (type: string) => {
    shop.upstreams.order.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': type }).write('first ');
      setTimeout(() => res.end('last'), 1_000);
    };
  };

  it('of more than 30 s cuts a reply', async () => {
    answerThenPause('application/json');
    const reply = await fetch(`${shop.url}/api/orders`);
    await expect(reply.text()).rejects.toThrow();
  });

  it('of more than 30 s leaves an event stream open', async () => {
    answerThenPause('text/event-stream');
    const reply = await fetch(`${shop.url}/api/orders/1/events`);
    expect(await reply.text()).toBe('first last');
  });
});

describe('a service whose machine says nothing', () => {
  const { createConnection } = http.Agent.prototype;
  beforeEach(() => {
    http.Agent.prototype.createConnection = () => Object.assign(new Socket(), { connecting: true });
  });
  afterEach(() => {
    http.Agent.prototype.createConnection = createConnection;
  });

  it('is given up after two seconds, also where a reply may take longer', async () => {
    expect(await timed('/api/create-payment', 'POST')).toEqual({ status: 503, seconds: 2 });
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
