import { setTimeout as delay } from 'node:timers/promises';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import {
  continueTrace,
  createHttpClient,
  createMetrics,
  currentTrace,
  startTracing,
  withSpan,
  withTrace,
} from '@shop/service-kit';
import type { Router } from 'express';
import request from 'supertest';
import { describeStatement } from '../src/tracing/postgres.ts';
import { serve } from './support/local-server.ts';
import { problem, unavailable } from './support/problems.ts';
import { createTestApp } from './support/test-app.ts';
import { waitFor } from './support/wait-for.ts';

const exporter = new InMemorySpanExporter();
let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTracing({}, 'shop', { exporter });
});
beforeEach(() => exporter.reset());
afterAll(() => stop());

const ids = ({ traceId, spanId }: { traceId: string; spanId: string }) => `00-${traceId}-${spanId}-01`;
const traceparentOf = (span: ReadableSpan) => ids(span.spanContext());
const parentOf = (span: ReadableSpan) => span.parentSpanContext && ids(span.parentSpanContext);
const spanNamed = (name: string) =>
  waitFor(() => exporter.getFinishedSpans().some((span) => span.name === name)).then(
    () => exporter.getFinishedSpans().find((span) => span.name === name) as ReadableSpan,
  );

const sent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const appWith = (define: (router: Router) => void) =>
  createTestApp(define, { metrics: createMetrics('order_service') });

describe('a request', () => {
  it('is a server span, named by its route, that goes on from the caller', async () => {
    const { app } = appWith((router) =>
      router.get('/orders/:n', (_req, res) => void res.json(currentTrace())),
    );
    const { body } = await request(app)
      .get('/orders/7?x=1')
      .set({ traceparent: sent, 'x-request-id': 'r-1' });
    const span = await spanNamed('GET /orders/:n');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.instrumentationScope.name).toBe('order_service');
    expect(span.resource.attributes['service.name']).toBe('shop');
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'url.path': '/orders/7',
      'http.route': '/orders/:n',
      'http.response.status_code': 200,
    });
    expect(parentOf(span)).toBe(sent);
    expect(body).toEqual({ requestId: 'r-1', traceparent: traceparentOf(span) });
  });

  it.each([undefined, 'nonsense', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`])(
    'begins a trace when its traceparent is %s',
    async (traceparent) => {
      const { app } = appWith((router) => router.get('/it', (_req, res) => void res.json(currentTrace())));
      const { body } = await request(app)
        .get('/it')
        .set(traceparent === undefined ? {} : { traceparent });
      const span = await spanNamed('GET /it');
      expect(span.parentSpanContext).toBeUndefined();
      expect(body.traceparent).toBe(traceparentOf(span));
    },
  );

  it('has failed when it is answered 5xx, but not when it is refused', async () => {
    const { app } = appWith((router) => {
      router.get('/bug', () => {
        throw new Error('a bug');
      });
      router.get('/refused', () => {
        throw problem('taken');
      });
    });
    await request(app).get('/bug').expect(500);
    await request(app).get('/refused').expect(409);
    expect((await spanNamed('GET /bug')).status.code).toBe(SpanStatusCode.ERROR);
    expect((await spanNamed('GET /bug')).attributes['error.type']).toBe('500');
    expect((await spanNamed('GET /refused')).status.code).toBe(SpanStatusCode.UNSET);
  });

  it('has its trace in the log and in problem documents, and what asks after health makes no span', async () => {
    const { app, log } = appWith((router) => router.get('/it', (_req, res) => void res.end()));
    await request(app).get('/healthz').expect(200);
    await request(app).get('/it').set('traceparent', sent).expect(200);
    await spanNamed('GET /it');
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['GET /it']);
    await waitFor(() => log.lines.some(({ traceId }) => traceId === 'a'.repeat(32)));
  });
});

describe('a call to another service', () => {
  it('is a client span for each attempt, and takes the span with it', async () => {
    const seen: unknown[] = [];
    const server = await serve((req, res) => {
      seen.push(req.headers['traceparent']);
      res.writeHead(seen.length === 1 ? 503 : 200).end('{}');
    });
    const catalog = createHttpClient({ name: 'catalog_service', urls: [server.url], unavailable });
    const { app } = appWith((router) =>
      router.post('/cart', async (_req, res) => {
        await catalog.send({ method: 'POST', path: '/stock?ids=1', body: {} });
        res.end();
      }),
    );
    await request(app).post('/cart').expect(200);
    const outer = await spanNamed('POST /cart');
    const attempts = exporter.getFinishedSpans().filter(({ name }) => name === 'POST catalog_service');
    expect(attempts.map(traceparentOf)).toEqual(seen);
    expect(attempts.map(parentOf)).toEqual([traceparentOf(outer), traceparentOf(outer)]);
    expect(attempts.map(({ status }) => status.code)).toEqual([SpanStatusCode.ERROR, SpanStatusCode.UNSET]);
    expect(attempts[1]).toMatchObject({
      kind: SpanKind.CLIENT,
      instrumentationScope: { name: 'order_service' },
    });
    expect(attempts[1]?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
      'peer.service': 'catalog_service',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'url.full': `${server.url}/stock`,
    });
    await server.close();
  });
});

describe('withSpan', () => {
  it('makes what is within it its children, and gives back what the work gave', async () => {
    const inner = () => withSpan({ name: 'inner' }, async () => currentTrace()?.traceparent);
    const result = await withSpan({ name: 'outer', attributes: { 'shop.order': 'o-1' } }, async () => {
      await delay(1);
      return inner();
    });
    const [child, parent] = [await spanNamed('inner'), await spanNamed('outer')];
    expect(parentOf(child)).toBe(traceparentOf(parent));
    expect(result).toBe(traceparentOf(child));
    expect(parent.attributes).toEqual({ 'shop.order': 'o-1' });
    expect(currentTrace()).toBeUndefined();
  });

  it('passes a failure on, and says so', async () => {
    const failing = withSpan({ name: 'failing' }, () => Promise.reject(new TypeError('it broke')));
    await expect(failing).rejects.toThrow('it broke');
    const span = await spanNamed('failing');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'it broke' });
    expect(span.attributes['error.type']).toBe('TypeError');
  });
});

describe('withTrace', () => {
  it('continues a trace that was kept, as a webhook does with what the order kept', async () => {
    const { app } = appWith((router) =>
      router.post('/webhook', async (_req, res) => {
        const kept = continueTrace(currentTrace()?.requestId, sent);
        await withTrace(kept, () => withSpan({ name: 'webhook' }, async () => {}));
        res.end();
      }),
    );
    await request(app).post('/webhook').expect(200);
    expect(parentOf(await spanNamed('webhook'))).toBe(sent);
    expect((await spanNamed('POST /webhook')).spanContext().traceId).not.toBe('a'.repeat(32));
  });

  it('stays in the trace at hand when none was kept', async () => {
    await withSpan({ name: 'outer' }, () =>
      withTrace(continueTrace('r-1', undefined), () => withSpan({ name: 'inner' }, async () => {})),
    );
    expect(parentOf(await spanNamed('inner'))).toBe(traceparentOf(await spanNamed('outer')));
  });

  it('keeps what the caller decided not to record', async () => {
    const unsampled = sent.replace(/01$/, '00');
    const traceparent = await withTrace(continueTrace('r-1', unsampled), () =>
      withSpan({ name: 'unrecorded' }, async () => currentTrace()?.traceparent),
    );
    expect(traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);
    expect(traceparent).not.toContain('b'.repeat(16));
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

it.each([
  ['SELECT id, payload::text FROM outbox WHERE key = $1', 'SELECT outbox'],
  ['SELECT "catalog"."products"."id" FROM "catalog"."products" WHERE 1=1', 'SELECT catalog.products'],
  ['SELECT extract(epoch FROM now()), x FROM (SELECT 1) y JOIN orders o ON true', 'SELECT orders'],
  [`INSERT INTO carts (id) VALUES ('secret') ON CONFLICT DO UPDATE SET id = 1`, 'INSERT carts'],
  ['  update "orders" set status = $1', 'UPDATE orders'],
  ['DELETE FROM inbox WHERE x', 'DELETE inbox'],
  ['WITH a AS (SELECT 1 FROM products) UPDATE stock SET x = 1', 'WITH products'],
  ['BEGIN', 'BEGIN'],
  ['select 1', 'SELECT'],
  ['', 'QUERY'],
])('names the statement %s', (text, summary) => {
  expect(describeStatement(text).summary).toBe(summary);
});
