import { once } from 'node:events';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

const services = ['user', 'catalog', 'order', 'payment'] as const;
const owns = { user: '/login', catalog: '/products/{id}', order: '/cart', payment: '/create-payment' };
let asked: string[];

/** Lets each service answer its document, with paths that the gateway passes on and paths that it does not. */
beforeEach(() => {
  asked = [];
  for (const service of services) {
    shop.upstreams[service].answer = (req, res) => {
      asked.push(`${service} ${req.url}`);
      const paths = { '/healthz': {}, '/webhooks/stripe': {}, '/openapi.json': {}, [owns[service]]: {} };
      const info = { title: service };
      res.end(JSON.stringify({ openapi: '3.1.0', info, servers: [{ url: '/' }], paths, tags: [] }));
    };
  }
});
const documentOf = (service: string) => fetch(`${shop.url}/openapi/${service}.json`);

it.each(services)('shows the document of %s as it holds below /api', async (service) => {
  const reply = await documentOf(service);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toEqual({
    openapi: '3.1.0',
    info: { title: service },
    servers: [{ url: '/api' }],
    paths: { [owns[service]]: {} },
    tags: [],
  });
  expect(asked).toEqual([`${service} /openapi.json`]);
});

it('asks a service once, however many look', async () => {
  const replies = await Promise.all(Array.from({ length: 10 }, () => documentOf('order')));
  expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200));
  await documentOf('order');
  expect(asked).toEqual(['order /openapi.json']);
});

it('answers 503 while a service is unavailable, and shows its document as soon as it is back', async () => {
  const { answer } = shop.upstreams.order;
  for (const broken of [
    (_req: unknown, res: { destroy(): void }) => res.destroy(),
    (_req: unknown, res: { end(text: string): void }) => res.end('<html>'),
    (_req: unknown, res: { writeHead(status: number): { end(): void } }) => res.writeHead(404).end(),
  ]) {
    shop.upstreams.order.answer = broken;
    const reply = await documentOf('order');
    expect(await reply.json()).toMatchObject({ status: 503, code: 'order-service-unavailable' });
    expect(reply.headers.get('retry-after')).toBe('1');
  }
  shop.upstreams.order.answer = answer;
  expect((await documentOf('order')).status).toBe(200);
  expect((await documentOf('user')).status).toBe(200);
});

it('does not wait long for a service that hangs', async () => {
  let closed: Promise<unknown> | undefined;
  shop.upstreams.order.answer = (_req, res) => {
    res.write('{');
    closed = once(res, 'close');
  };
  const startedAt = Date.now();
  expect((await documentOf('order')).status).toBe(503);
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  await closed;
});

it('has no document of anything else', async () => {
  expect((await documentOf('storefront')).status).toBe(404);
});

describe('the page', () => {
  it('lets one choose from the four', async () => {
    const page = await fetch(`${shop.url}/docs`);
    expect([page.status, page.url]).toEqual([200, `${shop.url}/docs/`]);
    expect(await page.text()).toContain('<title>The shop</title>');
    const script = await (await fetch(`${shop.url}/docs/swagger-ui-init.js`)).text();
    for (const service of services) {
      const entry = JSON.stringify({ name: `${service}_service`, url: `../openapi/${service}.json` });
      expect(script.replaceAll(/\s/g, '')).toContain(entry);
    }
  });

  it('is named by the index', async () => {
    expect(await (await fetch(shop.url)).json()).toMatchObject({ docs: '/docs' });
  });
});
