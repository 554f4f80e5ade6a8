import {
  createEventMetrics,
  createInProcessBus,
  createOutboxRelay,
  type EventMetrics,
  PermanentError,
  publishEvent,
  subscribe,
  type WireEvent,
} from '@shop/messaging';
import { createMetrics, createPool, type Metrics } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import type pg from 'pg';
import { commitStockReserved, createMessagingDatabase, openPool } from './support/database.ts';
import { createMemoryDeadLetters } from './support/memory-dead-letters.ts';
import { createRecordingBus } from './support/recording-bus.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

let registered: Metrics;
let metrics: EventMetrics;
beforeEach(() => {
  registered = createMetrics('test_service');
  metrics = createEventMetrics(registered.registry);
});

/** The lines of one metric in a scrape, without what every line says. */
async function samples(name: string): Promise<string[]> {
  const text = await registered.registry.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => line.slice(name.length).replace(/service="test_service",?|,service="test_service"/, ''));
}
/** Those that are not 0: some are shown before there is anything to count. */
const counted = async (name: string) => (await samples(name)).filter((line) => !line.endsWith(' 0'));
const sampleValue = async (name: string) => Number((await samples(name))[0]?.split(' ')[1]);

const reserved = '{topic="OrderEvents",type="STOCK_RESERVED"';

describe('what is consumed', () => {
  async function consume(handle: (attempt: number) => void, ...events: WireEvent[]) {
    const groups = { CatalogEvents: [], OrderEvents: ['orders'], PaymentEvents: [], ProductEvents: [] };
    const bus = createInProcessBus({ groups, deadLetters: createMemoryDeadLetters(), logger: silent });
    let attempts = 0;
    await subscribe({
      bus,
      group: 'orders',
      topic: 'OrderEvents',
      logger: silent,
      metrics,
      firstRetryMs: 1,
      handle: async () => handle(++attempts),
    });
    for (const event of events) await publishEvent({ bus, metrics }, event);
    await bus.close();
  }
  const made = (msAgo: number, event = stockReserved('order-key')): WireEvent => ({
    ...event,
    headers: { ...event.headers, ce_time: new Date(Date.now() - msAgo).toISOString() },
  });

  it('is counted by what became of it, timed for each attempt, and its age is shown', async () => {
    const failTwice = (attempt: number) => {
      if (attempt < 3) throw new Error('not yet');
    };
    await consume(failTwice, made(45_000), made(-60_000));
    expect(await samples('events_published_total')).toEqual([`${reserved}} 2`]);
    expect(await samples('events_consumed_total')).toEqual([
      `${reserved},outcome="retried"} 2`,
      `${reserved},outcome="handled"} 2`,
    ]);
    expect(await samples('event_handling_duration_seconds_count')).toEqual([`${reserved}} 4`]);
    const ages = (await samples('event_age_seconds_bucket')).map((line) =>
      line.replace(/.*le="(.*?)".*} /, '$1: '),
    );
    expect(ages).toEqual(expect.arrayContaining(['0.01: 1', '30: 1', '60: 2']));
    expect(await counted('dead_letters_total')).toEqual([]);
  });

  it('is a dead letter when it cannot be handled, whatever its sender calls it', async () => {
    const refuse = () => {
      throw new PermanentError('never');
    };
    const event = stockReserved('order-key');
    const strange = { ...event, headers: { ...event.headers, ce_type: 'FROM_OUTSIDE' } };
    await consume(refuse, event, strange);
    const unknown = '{topic="OrderEvents",type="unknown"';
    expect(await samples('events_consumed_total')).toEqual([
      `${reserved},outcome="dead_letter"} 1`,
      `${unknown},outcome="dead_letter"} 1`,
    ]);
    expect(await counted('dead_letters_total')).toEqual([`${reserved}} 1`, `${unknown}} 1`]);
    expect(await samples('event_handling_duration_seconds_count')).toEqual([`${reserved}} 1`]);
  });

  it('shows for how long an event has held its partition, until it is done with', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const deliveries: Promise<void>[] = [];
    const bus = createRecordingBus();
    bus.subscribe = async (_group, _topic, deliver) => {
      const position = 'OrderEvents/4/17';
      deliveries.push(
        deliver({ ...stockReserved('order-slow'), position }, new AbortController().signal),
        deliver({ ...stockReserved('order-next'), position }, new AbortController().signal),
      );
      return { close: async () => {} };
    };
    const handle = () => held;
    await subscribe({ bus, group: 'orders', topic: 'OrderEvents', logger: silent, metrics, handle });
    const [sample = ''] = await samples('event_held_seconds');
    expect(sample).toMatch(/^\{topic="OrderEvents",partition="4"\} [0-9.e-]+$/);
    const before = Number(sample.split(' ')[1]);
    await waitFor(async () => (await sampleValue('event_held_seconds')) > before);
    letGo();
    await Promise.all(deliveries);
    expect(await samples('event_held_seconds')).toEqual([]);
  });

  it('is handled though its time says nothing', async () => {
    const event = stockReserved('order-key');
    await consume(() => {}, { ...event, headers: { ...event.headers, ce_time: 'soon' } });
    expect(await samples('events_consumed_total')).toEqual([`${reserved},outcome="handled"} 1`]);
    expect(await samples('event_age_seconds_count')).toEqual([]);
  });
});

it('does not count what the bus did not take', async () => {
  const bus = createRecordingBus(() => Promise.reject(new Error('away')));
  await expect(publishEvent({ bus, metrics }, stockReserved('order-key'))).rejects.toThrow('away');
  expect(await samples('events_published_total')).toEqual([]);
});

describe('an outbox', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createMessagingDatabase();
  });
  beforeEach(() => {
    pool = openPool(database);
  });
  afterEach(() => pool.end());
  afterAll(() => database.drop());

  it('shows on every scrape what waits in it, and since when', async () => {
    const bus = createRecordingBus();
    const relay = createOutboxRelay({ pool, bus, logger: silent, metrics, pollMs: 20 });
    expect(await samples('outbox_unsent_events')).toEqual(['{} 0']);
    expect(await samples('outbox_oldest_unsent_age_seconds')).toEqual(['{} 0']);
    for (const key of orderNumbers(3)) await commitStockReserved(pool, key, 0, 2);
    await database.sql(
      `UPDATE outbox SET created_at = now() - interval '90 seconds' WHERE id = (SELECT min(id) FROM outbox)`,
    );
    expect(await samples('outbox_unsent_events')).toEqual(['{} 6']);
    expect(Math.floor((await sampleValue('outbox_oldest_unsent_age_seconds')) / 10)).toBe(9);

    relay.start();
    await waitFor(async () => (await sampleValue('outbox_unsent_events')) === 0);
    await relay.stop();
    expect(await samples('outbox_oldest_unsent_age_seconds')).toEqual(['{} 0']);
    expect(await samples('events_published_total')).toEqual([`${reserved}} 6`]);
  });

  it('asks the database once a scrape, and leaves the figures out when it does not answer', async () => {
    let reads = 0;
    let away = false;
    metrics.watchOutbox(async () => {
      reads++;
      if (away) throw new Error('away');
      return { events: 2, ageSeconds: 1.5 };
    });
    expect(await samples('outbox_unsent_events')).toEqual(['{} 2']);
    expect(reads).toBe(1);
    away = true;
    expect(await samples('outbox_unsent_events')).toEqual([]);
    expect(await samples('outbox_oldest_unsent_age_seconds')).toEqual([]);
    expect(await registered.registry.metrics()).toContain('nodejs_eventloop_lag_seconds');
  });

  it('has a pool that shows who uses it, and who waits', async () => {
    const { url } = database;
    const measured = createPool({
      url,
      name: 'test',
      schema: 'messaging',
      logger: silent,
      max: 2,
      metrics: registered,
    });
    const [first, second] = [await measured.connect(), await measured.connect()];
    const third = measured.connect();
    expect(await samples('db_pool_connections')).toEqual([
      '{state="idle"} 0',
      '{state="used"} 2',
      '{state="waiting"} 1',
    ]);
    first.release();
    (await third).release();
    expect(await samples('db_pool_connections')).toEqual([
      '{state="idle"} 1',
      '{state="used"} 1',
      '{state="waiting"} 0',
    ]);
    second.release();
    await measured.end();
  });
});
