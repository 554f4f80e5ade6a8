import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  addEvent,
  addEvents,
  createInProcessBus,
  createOutboxRelay,
  firstDelivery,
  sqlOf,
  subscribe,
} from '@shop/messaging';
import {
  createHttpApp,
  createHttpClient,
  createMetrics,
  startTracing,
  type TracingOptions,
  withSpan,
  withTransaction,
} from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import { Router } from 'express';
import type pg from 'pg';
import { createMessagingDatabase, openPool } from './support/database.ts';
import { createMemoryDeadLetters } from './support/memory-dead-letters.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers } from './support/stock-events.ts';

type Exporter = NonNullable<TracingOptions['exporter']>;
type EndedSpan = Parameters<Exporter['export']>[0][number];

let spans: EndedSpan[] = [];
const exporter: Exporter = {
  export: (ended, done) => {
    spans.push(...ended);
    done({ code: 0 });
  },
  shutdown: async () => {},
};
let database: TestDatabase;
let pool: pg.Pool;
let undo: (() => Promise<unknown>)[];
let stopTracing: () => Promise<void>;

beforeAll(async () => {
  database = await createMessagingDatabase();
  stopTracing = await startTracing({}, 'shop', { exporter });
});
beforeEach(() => {
  pool = openPool(database, 3);
  undo = [() => pool.end()];
  spans = [];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});
afterAll(async () => {
  await stopTracing();
  await database.drop();
});

const named = (name: string) => {
  const found = spans.filter((span) => span.name === name);
  if (found.length !== 1)
    throw new Error(`${found.length} spans "${name}" among ${spans.map((s) => s.name)}`);
  return found[0] as EndedSpan;
};
const parentOf = (span: EndedSpan) =>
  spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)?.name;
const statements = (parent: string) =>
  spans
    .filter((span) => span.attributes['db.system.name'] && parentOf(span) === parent)
    .map(({ name }) => name);
const inTransaction = <T>(work: (client: pg.PoolClient) => Promise<T>) => withTransaction(pool, work);

async function serve(router: Router) {
  const health = { required: { postgres: () => pool.query('SELECT 1') }, draining: () => false };
  const metrics = createMetrics('order_service');
  const server = createHttpApp({
    logger: silent,
    metrics,
    health,
    routes: [router],
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const cancelOrder = (key: string) => ({
  source: 'order_service',
  type: 'CANCEL_ORDER' as const,
  key,
  data: { orderNumber: key, reason: 'a test' },
});

it('one trace leads from a request over another service and the outbox to the consumer', async () => {
  const groups = {
    CatalogEvents: ['catalog_service'],
    OrderEvents: [],
    PaymentEvents: [],
    ProductEvents: [],
  };
  const bus = createInProcessBus({ groups, deadLetters: createMemoryDeadLetters(), logger: silent });
  const relay = createOutboxRelay({ pool, bus, logger: silent, pollMs: 20 });
  const router = Router();
  const url = await serve(router);
  const self = createHttpClient({
    name: 'catalog_service',
    urls: [url],
    unavailable: (error) => {
      throw error;
    },
  });
  router.get('/stock', (_req, res) => void res.json({}));
  router.post('/orders', async (_req, res) => {
    await self.send({ method: 'GET', path: '/stock' });
    await inTransaction((client) => addEvent(sqlOf(client), cancelOrder('order-traced')));
    relay.nudge();
    res.status(201).end();
  });
  await subscribe({
    bus,
    group: 'catalog_service',
    topic: 'CatalogEvents',
    logger: silent,
    handle: async ({ id }) => {
      await inTransaction((client) => firstDelivery(sqlOf(client), 'catalog_service', id));
    },
  });
  undo.push(bus.close, relay.stop);
  relay.start();
  expect((await fetch(`${url}/orders`, { method: 'POST' })).status).toBe(201);
  await fetch(`${url}/readyz`);
  await waitFor(() => spans.some(({ name }) => name === 'send CANCEL_ORDER'));

  expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
  const tree = [
    'GET catalog_service',
    'GET /stock',
    'create CANCEL_ORDER',
    'send CANCEL_ORDER',
    'process CANCEL_ORDER',
  ];
  expect(tree.map((name) => [name, parentOf(named(name)), named(name).instrumentationScope.name])).toEqual([
    ['GET catalog_service', 'POST /orders', 'order_service'],
    ['GET /stock', 'GET catalog_service', 'order_service'],
    ['create CANCEL_ORDER', 'POST /orders', 'order_service'],
    ['send CANCEL_ORDER', 'create CANCEL_ORDER', 'order_service'],
    ['process CANCEL_ORDER', 'create CANCEL_ORDER', 'catalog_service'],
  ]);
  expect(named('process CANCEL_ORDER').attributes).toEqual({
    'messaging.system': 'cloudevents',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'CatalogEvents',
    'messaging.message.id': expect.any(String),
    'cloudevents.event_type': 'CANCEL_ORDER',
    'cloudevents.event_source': 'order_service',
    'cloudevents.event_subject': 'order-traced',
  });
  expect(statements('POST /orders')).toEqual(['BEGIN', 'COMMIT']);
  expect(statements('create CANCEL_ORDER')).toEqual(['INSERT outbox']);
  expect(statements('process CANCEL_ORDER')).toEqual(['BEGIN', 'INSERT inbox', 'COMMIT']);
});

describe('a statement', () => {
  const within = (name: string, work: () => Promise<unknown>) =>
    withSpan({ name }, work).catch((error: Error) => error);

  it('is a span that names it, and never shows a value', async () => {
    await within('asking', () =>
      pool.query("SELECT key FROM outbox WHERE key = $1 OR key = 'literal'", ['secret']),
    );
    const span = named('SELECT outbox');
    expect(span.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.operation.name': 'SELECT',
      'db.query.summary': 'SELECT outbox',
      'db.namespace': expect.any(String),
      'server.address': expect.any(String),
      'server.port': expect.any(Number),
    });
    expect(span.instrumentationScope.name).toBe('messaging_test');
    expect(parentOf(span)).toBe('asking');
  });

  it('that fails says with what code, and not with which value', async () => {
    await within('failing', () => pool.query(`SELECT 'secret'::int FROM outbox`));
    await within('failing', () => pool.query(`SELECT $1::int FROM inbox`, ['secret']));
    for (const name of ['SELECT outbox', 'SELECT inbox']) {
      const span = named(name);
      expect(span.attributes).toMatchObject({ 'error.type': '22P02', 'db.response.status_code': '22P02' });
      expect(span.status.code).toBe(2);
      expect(JSON.stringify([span.attributes, span.status, span.events])).not.toContain('secret');
    }
  });

  it('belongs to whoever ran it, however many wait for a connection', async () => {
    const names = orderNumbers(40, 'work');
    await Promise.all(
      names.map((name) => within(name, () => pool.query(`SELECT pg_sleep(0.001) FROM (SELECT 1) AS one`))),
    );
    const asked = spans.filter((span) => span.attributes['db.system.name']);
    expect(asked.map(parentOf).sort()).toEqual([...names].sort());
  });

  it('without a span around it makes none', async () => {
    await pool.query('SELECT 1');
    expect(spans).toEqual([]);
  });
});

it('many events that are added at once share the span of their making', async () => {
  await inTransaction((client) => addEvents(sqlOf(client), orderNumbers(3).map(cancelOrder)));
  const { traceId, spanId } = named('create CANCEL_ORDER').spanContext();
  expect(named('create CANCEL_ORDER').attributes['messaging.batch.message_count']).toBe(3);
  const { rows } = await pool.query(`SELECT DISTINCT headers->>'traceparent' AS parent FROM outbox
    WHERE key LIKE 'order-key-%'`);
  expect(rows).toEqual([{ parent: `00-${traceId}-${spanId}-01` }]);
});
