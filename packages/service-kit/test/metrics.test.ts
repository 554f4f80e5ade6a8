import type { RequestListener } from 'node:http';
import {
  createCounter,
  createGauge,
  createHistogram,
  createHttpClient,
  createMetrics,
  type Metrics,
} from '@shop/service-kit';
import { Router } from 'express';
import request from 'supertest';
import { serve } from './support/local-server.ts';
import { problem, unavailable } from './support/problems.ts';
import { createTestApp } from './support/test-app.ts';

/** The samples of one metric, as a scrape shows them, without what every line says. */
async function samples({ registry }: Metrics, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => line.slice(name.length).replace(/service="test_service",?|,service="test_service"/, ''));
}

const refuse = () => {
  throw problem('taken');
};

describe('requests', () => {
  function createApp() {
    const metrics = createMetrics('test_service');
    const orders = Router()
      .get('/', (_req, res) => void res.json([]))
      .get('/:orderNumber', (_req, res) => void res.json({}))
      .post('/:orderNumber/cancel', refuse);
    const routes = [Router().use('/orders', orders)];
    return { metrics, app: createTestApp(() => {}, { metrics, routes }).app };
  }

  it('are counted by the pattern of their route, whatever they ask for and however they end', async () => {
    const { metrics, app } = createApp();
    await request(app).get('/orders/1').expect(200);
    await request(app).get('/Orders/2?x=1').expect(200);
    await request(app).post('/orders/1/cancel').expect(409);
    await request(app).get('/orders').expect(200);
    await request(app).get('/nowhere/1').expect(404);
    expect(await samples(metrics, 'http_requests_total')).toEqual([
      '{method="GET",route="/orders/:orderNumber",status_code="200"} 2',
      '{method="POST",route="/orders/:orderNumber/cancel",status_code="409"} 1',
      '{method="GET",route="/orders/",status_code="200"} 1',
      '{method="GET",route="none",status_code="404"} 1',
    ]);
  });

  it('are timed, in buckets from 5 ms to 10 s', async () => {
    const { metrics, app } = createApp();
    await request(app).get('/orders/1').expect(200);
    const buckets = await samples(metrics, 'http_request_duration_seconds_bucket');
    expect(buckets.map((line) => /le="(.*?)"/.exec(line)?.[1])).toEqual([
      '0.005',
      '0.01',
      '0.025',
      '0.05',
      '0.1',
      '0.25',
      '0.5',
      '1',
      '2.5',
      '5',
      '10',
      '+Inf',
    ]);
    expect(buckets.at(-1)).toMatch(/method="GET",route="\/orders\/:orderNumber",status_code="200"} 1$/);
  });
});

it('shows how Node is doing, the delay of its event loop among it', async () => {
  const text = await createMetrics('test_service').registry.metrics();
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
    expect(text).toMatch(new RegExp(`^${name}\\{service="test_service"\\} [0-9.e+-]+$`, 'm'));
  }
});

it('lets a service register its own, and keeps those of two services in one process apart', async () => {
  const [metrics, others] = [createMetrics('test_service'), createMetrics('test_service')];
  const options = { name: 'payments_total', help: 'Payments.', labelNames: ['status'] };
  createCounter(metrics.registry, options).inc({ status: 'succeeded' });
  createCounter(metrics.registry, options).inc({ status: 'succeeded' });
  createHistogram(metrics.registry, { name: 'payment_amount', help: 'Amounts.', buckets: [10] }).observe(5);
  const gauge = createGauge(metrics.registry, {
    name: 'orders',
    help: 'Orders.',
    labelNames: ['status'],
    collect: () => {
      gauge.set({ status: 'pending' }, 7);
    },
  });
  expect(await samples(metrics, 'payments_total')).toEqual(['{status="succeeded"} 2']);
  expect(await samples(metrics, 'payment_amount_count')).toEqual(['{} 1']);
  expect(await samples(metrics, 'orders')).toEqual(['{status="pending"} 7']);
  expect(await others.registry.metrics()).not.toContain('payments_total');
});

describe('calls to another service', () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let answer: RequestListener;
  let metrics: Metrics;
  beforeEach(async () => {
    metrics = createMetrics('test_service');
    server = await serve((req, res) => answer(req, res));
  });
  afterEach(() => server.close());
  const client = () =>
    createHttpClient({ name: 'catalog_service', urls: [server.url], metrics, unavailable });
  const breaker = () => samples(metrics, 'circuit_breaker_state');

  it('are timed, each attempt of them, by whom they call and what came', async () => {
    let attempts = 0;
    answer = (req, res) => {
      if (++attempts === 1) req.socket.destroy();
      else res.writeHead(attempts === 2 ? 503 : 404).end('{}');
    };
    await client().send({ method: 'GET', path: '/products/1' });
    expect(await samples(metrics, 'http_client_request_duration_seconds_count')).toEqual([
      '{peer="catalog_service",method="GET",status_code="none"} 1',
      '{peer="catalog_service",method="GET",status_code="503"} 1',
      '{peer="catalog_service",method="GET",status_code="404"} 1',
    ]);
  });

  it('show whether their breaker lets them out', async () => {
    answer = (_req, res) => void res.writeHead(503).end();
    const catalog = client();
    expect(await breaker()).toEqual(['{peer="catalog_service"} 0']);
    const call = () =>
      catalog.send({ method: 'GET', path: '/' }).then(
        () => true,
        () => false,
      );
    await call();
    await call();
    expect(await breaker()).toEqual(['{peer="catalog_service"} 2']);
    answer = (_req, res) => void res.end();
    while (!(await call())) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await breaker()).toEqual(['{peer="catalog_service"} 0']);
  });
});
