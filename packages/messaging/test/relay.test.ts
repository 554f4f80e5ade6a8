import {
  addEvents,
  createEventMetrics,
  createOutboxRelay,
  decodeEvent,
  type EventBus,
  EventRefusedError,
  type OutboxRelayOptions,
  sqlOf,
} from '@shop/messaging';
import { continueTrace, createMetrics, withTrace, withTransaction } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import type pg from 'pg';
import {
  addStockReserved,
  commitStockReserved,
  createMessagingDatabase,
  openPool,
} from './support/database.ts';
import { createRecordingBus } from './support/recording-bus.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers } from './support/stock-events.ts';

let database: TestDatabase;
let pool: pg.Pool;
let undo: (() => Promise<unknown>)[];

beforeAll(async () => {
  database = await createMessagingDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  undo = [];
  await database.sql('TRUNCATE outbox, inbox');
  pool = anotherPool();
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

function anotherPool(): pg.Pool {
  const opened = openPool(database);
  undo.push(() => opened.end());
  return opened;
}

/** A relay that runs until the test ends. */
function startRelay(bus: EventBus, options: Partial<OutboxRelayOptions> = {}) {
  const relay = createOutboxRelay({ pool, bus, logger: silent, pollMs: 20, ...options });
  relay.start();
  undo.push(relay.stop);
  return relay;
}

const unsent = async () =>
  (
    await database.sql<{ event_id: string }>('SELECT event_id FROM outbox WHERE sent_at IS NULL ORDER BY id')
  ).map((row) => row.event_id);
const allSent = () => waitFor(async () => (await unsent()).length === 0, { what: 'everything to be sent' });
const numbered = (key: string, count: number) => Array.from({ length: count }, (_, n) => `${key}:${n}`);
/** In the order in which they came first. */
const firstsOf = (key: string, ids: readonly string[]) => [
  ...new Set(ids.filter((id) => id.startsWith(`${key}:`))),
];
const leaders = async () =>
  (
    await database.sql<{ pid: number }>(
      `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
  ).map(({ pid }) => pid);
const theLeader = () =>
  waitFor(async () => {
    const [pid, ...others] = await leaders();
    return others.length === 0 && pid;
  });

/** A bus that answers nothing, until it is let go. */
function createHangingBus() {
  const asked: string[] = [];
  let letGo = () => {};
  const answer = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const bus = createRecordingBus(({ key }) => {
    asked.push(key);
    return answer;
  });
  return { bus, asked, letGo: () => letGo() };
}

it('publishes what was said, as it was said', async () => {
  const bus = createRecordingBus();
  const traceparent = `00-${'e'.repeat(32)}-${'f'.repeat(16)}-01`;
  await withTrace({ requestId: 'r', traceparent }, () => commitStockReserved(pool, 'order-said'));
  startRelay(bus);
  await allSent();

  const [event] = bus.published.map(decodeEvent);
  expect(event).toEqual({
    id: 'order-said:0',
    type: 'STOCK_RESERVED',
    source: 'catalog_service',
    key: 'order-said',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    data: { orderNumber: 'order-said' },
    traceparent,
  });
});

it('publishes after the commit, and never after a rollback', async () => {
  const bus = createRecordingBus();
  startRelay(bus);
  const [committing, rollingBack] = [await pool.connect(), await pool.connect()];
  for (const client of [committing, rollingBack]) await client.query('BEGIN');
  await addStockReserved(committing, 'order-kept');
  await addStockReserved(rollingBack, 'order-undone');
  // Once a later event has been published, the relay has looked, and has passed these over.
  await commitStockReserved(pool, 'order-other');
  await waitFor(() => bus.ids().length > 0);
  expect(bus.ids()).toEqual(['order-other:0']);

  await rollingBack.query('ROLLBACK');
  await committing.query('COMMIT');
  await waitFor(() => bus.ids().length > 1);
  await commitStockReserved(pool, 'order-other', 1);
  await waitFor(() => bus.ids().length > 2);

  expect(bus.ids()).toEqual(['order-other:0', 'order-kept:0', 'order-other:1']);
  committing.release();
  rollingBack.release();
});

it('does not wait for the next poll when it is nudged', async () => {
  const bus = createRecordingBus();
  const relay = startRelay(bus, { pollMs: 3_600_000 });
  await theLeader();
  for (const key of orderNumbers(5)) {
    await commitStockReserved(pool, key);
    relay.nudge();
    await waitFor(() => bus.ids().includes(`${key}:0`));
  }
  await allSent();
});

it('is nudged by the instances that stand by, too, in whatever context they commit', async () => {
  const bus = createRecordingBus();
  startRelay(bus, { pollMs: 3_600_000 });
  await theLeader();
  const standingBy = startRelay(createRecordingBus(), { pollMs: 3_600_000 });
  const keys = orderNumbers(40);
  await Promise.all(
    keys.map(async (key, index) => {
      await commitStockReserved(pool, key);
      // The time of some requests for the database is over once they have committed.
      const trace = continueTrace(undefined, undefined);
      withTrace(trace, standingBy.nudge, index % 2 === 0 ? 0 : undefined);
    }),
  );
  await allSent();
  expect(bus.ids().toSorted()).toEqual(keys.map((key) => `${key}:0`).toSorted());
});

it('keeps the order of every key, whatever fails in between', async () => {
  const keys = orderNumbers(30);
  const refused = new Set<string>();
  const bus = createRecordingBus(async ({ key, headers }) => {
    const id = String(headers['ce_id']);
    for (let rest = id.length % 3; rest > 0; rest--) await Promise.resolve();
    // One event of each key is refused once, another one for each key.
    if (id !== `${key}:${Number(key.split('-')[2]) % 10}` || refused.has(id)) return;
    refused.add(id);
    throw new Error('refused');
  });
  const relay = startRelay(bus);
  await Promise.all(
    keys.map(async (key) => {
      for (let n = 0; n < 10; n += 2) await commitStockReserved(pool, key, n, 2);
      relay.nudge();
    }),
  );
  await allSent();

  expect(refused.size).toBe(keys.length);
  expect(bus.ids()).toHaveLength(300);
  for (const key of keys) {
    expect(bus.ids().filter((id) => id.startsWith(`${key}:`))).toEqual(numbered(key, 10));
  }
});

it('lets a key that fails hold nothing but itself, however much of it there is', async () => {
  let broken = true;
  const bus = createRecordingBus(({ key }) => {
    if (broken && key === 'order-bad') throw new Error('refused');
  });
  // More than one batch of it lies before the others.
  await commitStockReserved(pool, 'order-bad', 0, 450);
  const keys = orderNumbers(20);
  for (const key of keys) await commitStockReserved(pool, key, 0, 2);
  startRelay(bus);

  await waitFor(() => bus.ids().length === 40);
  for (const key of keys) expect(firstsOf(key, bus.ids())).toEqual(numbered(key, 2));
  broken = false;
  await allSent();
  expect(bus.ids().slice(40)).toEqual(numbered('order-bad', 450));
});

it('lets a topic whose keys are all held hold no other topic', async () => {
  const bus = createRecordingBus(({ topic }) => {
    if (topic === 'CatalogEvents') throw new Error('refused');
  });
  const cancelled = orderNumbers(900).map((key) => ({
    source: 'order_service',
    type: 'CANCEL_ORDER' as const,
    key,
    data: { orderNumber: key, reason: 'a test' },
  }));
  await withTransaction(pool, (client) => addEvents(sqlOf(client), cancelled));
  startRelay(bus);
  for (const key of orderNumbers(3)) {
    await commitStockReserved(pool, key);
    await waitFor(() => bus.ids().includes(`${key}:0`));
  }
  expect(bus.published.every(({ topic }) => topic === 'OrderEvents')).toBe(true);
  // An event is marked a moment after it is published.
  await waitFor(async () => (await unsent()).length === 900);
});

it('publishes ids that were committed out of order', async () => {
  const bus = createRecordingBus();
  startRelay(bus);
  const [early, late] = [await pool.connect(), await pool.connect()];
  for (const client of [early, late]) await client.query('BEGIN');
  await addStockReserved(early, 'order-early');
  await addStockReserved(late, 'order-late');
  await late.query('COMMIT');
  await waitFor(() => bus.ids().includes('order-late:0'));
  await early.query('COMMIT');
  await waitFor(() => bus.ids().includes('order-early:0'));
  await allSent();
  expect(bus.ids()).toEqual(['order-late:0', 'order-early:0']);
  early.release();
  late.release();
});

describe('with several relays on one outbox', () => {
  it('has one leader, and publishes every event once', async () => {
    const keys = orderNumbers(10);
    await Promise.all(keys.map((key) => commitStockReserved(pool, key, 0, 20)));
    const relays = Array.from({ length: 3 }, () => {
      const relay = { ...createHangingBus(), standsBy: false };
      const own = anotherPool();
      own.on('remove', () => {
        relay.standsBy = true;
      });
      startRelay(relay.bus, { pool: own });
      return relay;
    });
    // Nothing is sent before each has read it, or has given up the connection on which it would lead.
    await waitFor(() => relays.every(({ asked, standsBy }) => standsBy || asked.length > 0));
    for (const { letGo } of relays) letGo();
    await allSent();

    expect(relays.map(({ bus }) => bus.published.length).sort()).toEqual([0, 0, 200]);
    expect(new Set(relays.flatMap(({ bus }) => bus.ids())).size).toBe(200);
    expect(await leaders()).toHaveLength(1);
  });

  it('goes on with another when the leader stops', async () => {
    const [first, second] = [createRecordingBus(), createRecordingBus()];
    const leader = startRelay(first);
    await theLeader();
    startRelay(second, { pool: anotherPool() });
    await commitStockReserved(pool, 'order-key', 0, 5);
    await allSent();
    await leader.stop();
    await commitStockReserved(pool, 'order-key', 5, 5);
    await allSent();
    expect([first.ids(), second.ids()]).toEqual([
      numbered('order-key', 10).slice(0, 5),
      numbered('order-key', 10).slice(5),
    ]);
  });

  it('loses nothing and keeps the order when leaders lose their connection again and again', async () => {
    const ids: string[] = [];
    const bus = () =>
      createRecordingBus(async ({ headers }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        ids.push(String(headers['ce_id']));
      });
    for (let n = 0; n < 2; n++) startRelay(bus(), { pool: anotherPool() });
    const keys = orderNumbers(10);
    for (let round = 0; round < 3; round++) {
      const pid = await theLeader();
      await Promise.all(keys.map((key) => commitStockReserved(pool, key, round * 10, 10)));
      await waitFor(() => ids.includes(`order-key-0:${round * 10}`));
      await database.sql('SELECT pg_terminate_backend($1)', [pid]);
    }
    await allSent();
    for (const key of keys) expect(firstsOf(key, ids)).toEqual(numbered(key, 30));
  });
});

describe('a leader that cannot publish', () => {
  it('leaves the lock to an instance that can, and says who leads', async () => {
    const registries = [createMetrics('one').registry, createMetrics('two').registry] as const;
    const leads = async () =>
      Promise.all(
        registries.map(async (registry) => {
          const metric = await registry.getSingleMetric('outbox_relay_leader')?.get();
          return metric?.values[0]?.value;
        }),
      );
    const cutOff = createHangingBus();
    startRelay(cutOff.bus, { stepDownAfterMs: 300, metrics: createEventMetrics(registries[0]) });
    await theLeader();
    await waitFor(async () => (await leads())[0] === 1);
    const healthy = createRecordingBus();
    startRelay(healthy, { pool: anotherPool(), metrics: createEventMetrics(registries[1]) });

    await commitStockReserved(pool, 'order-key', 0, 3);

    await allSent();
    expect(healthy.ids()).toEqual(numbered('order-key', 3));
    expect(await leads()).toEqual([0, 1]);
    cutOff.letGo();
  });

  it('does not send an event a second time beside itself when it leads again', async () => {
    const { bus, asked, letGo } = createHangingBus();
    startRelay(bus, { stepDownAfterMs: 50 });
    await commitStockReserved(pool, 'order-key');
    const first = await theLeader();
    await waitFor(async () => (await theLeader()) !== first, { timeoutMs: 8_000 });
    expect(asked).toEqual(['order-key']);
    letGo();
    await allSent();
  });

  it('keeps the lock while the bus answers, though it refuses what there is', async () => {
    let refusals = 0;
    const bus = createRecordingBus(() => {
      refusals++;
      throw new EventRefusedError('too large');
    });
    startRelay(bus, { stepDownAfterMs: 2_000 });
    const leader = await theLeader();
    await commitStockReserved(pool, 'order-large');
    await waitFor(() => refusals >= 4);
    expect(await theLeader()).toBe(leader);
  });
});

it('loses the lock when its process is frozen, and goes on when it is not any more', async () => {
  const bus = createRecordingBus();
  startRelay(bus, { stepDownAfterMs: 300 });
  const leader = await theLeader();

  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);

  await waitFor(async () => !(await leaders()).includes(leader));
  await commitStockReserved(pool, 'order-key');
  await waitFor(() => bus.ids().length === 1);
});

it('leads on a connection that PostgreSQL gives up within half a minute when its host is gone', async () => {
  startRelay(createRecordingBus());
  await theLeader();
  const { rows } = await pool.query(
    `SELECT sum(setting::int) AS settings FROM pg_settings WHERE name LIKE 'tcp_keepalives_%'`,
  );
  expect(rows).toEqual([{ settings: 15 + 5 + 3 }]);
});

it('begins again soon after its connection broke, even while a key is held', async () => {
  const bus = createRecordingBus(({ key }) => {
    if (key === 'order-bad') throw new Error('refused');
  });
  let refusals = 0;
  const logger = Object.assign(Object.create(silent), { warn: () => refusals++ });
  startRelay(bus, { logger });
  await commitStockReserved(pool, 'order-bad');
  // By now it is held back for two seconds.
  await waitFor(() => refusals >= 4);
  await database.sql('SELECT pg_terminate_backend($1)', [await theLeader()]);
  await commitStockReserved(pool, 'order-good');
  await waitFor(() => bus.ids().includes('order-good:0'), { timeoutMs: 2_000 });
});

it('survives the loss of every connection, as when PostgreSQL restarts', async () => {
  const bus = createRecordingBus();
  startRelay(bus);
  await commitStockReserved(pool, 'order-key', 0);
  await allSent();
  await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1')]);

  await database.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await waitFor(() => commitStockReserved(pool, 'order-key', 1).then(() => true));
  await allSent();
  expect(firstsOf('order-key', bus.ids())).toEqual(numbered('order-key', 2));
});

it('leaves what it has not sent when it stops, for the next one', async () => {
  let begun = 0;
  let finish = () => {};
  const third = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const first = createRecordingBus(async () => {
    if (++begun === 3) await third;
  });
  const relay = startRelay(first);
  await commitStockReserved(pool, 'order-key', 0, 10);
  await waitFor(() => begun === 3);
  const stopped = relay.stop();
  finish();
  await stopped;

  expect(first.ids()).toEqual(numbered('order-key', 3));
  expect(await unsent()).toEqual(numbered('order-key', 10).slice(3));
  await waitFor(async () => (await leaders()).length === 0, { what: 'the lock to be free' });
  const second = createRecordingBus();
  startRelay(second);
  await allSent();
  expect(second.ids()).toEqual(numbered('order-key', 10).slice(3));
});

it('stops at once when it has nothing to do, and before it was started', async () => {
  const relay = createOutboxRelay({ pool, bus: createRecordingBus(), logger: silent, pollMs: 3_600_000 });
  await relay.stop();
  const idle = startRelay(createRecordingBus(), { pollMs: 3_600_000 });
  await theLeader();
  await idle.stop();
  await waitFor(async () => (await leaders()).length === 0, { what: 'the lock to be free' });
});

it('deletes what was sent long ago, and what consumers saw long before that', async () => {
  await withTransaction(pool, (client) => addStockReserved(client, 'order-old', 0, 2));
  await database.sql(
    `INSERT INTO outbox (event_id, topic, key, type, headers, payload, created_at, sent_at)
     SELECT 'sent:' || days || ':' || n, 'OrderEvents', 'k', 'STOCK_RESERVED', '{}', '{}',
            now() - make_interval(days => days), now() - make_interval(days => days)
     FROM unnest(ARRAY[2, 4]) AS days, generate_series(1, 2500) AS n`,
  );
  await database.sql(`UPDATE outbox SET created_at = now() - interval '1 year' WHERE sent_at IS NULL`);
  await database.sql(
    `INSERT INTO inbox (consumer, event_id, received_at)
     SELECT 'orders', days || ':' || n, now() - make_interval(days => days)
     FROM unnest(ARRAY[5, 7]) AS days, generate_series(1, 2500) AS n`,
  );
  const bus = createRecordingBus();
  // All of it at once: the next poll is far.
  startRelay(bus, { keepDays: 3, pollMs: 60_000 });

  await waitFor(async () => {
    const [rows] = await database.sql<{ outbox: string; inbox: string }>(
      'SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM inbox) AS inbox',
    );
    return rows?.outbox === '2502' && rows.inbox === '2500';
  });
  expect(bus.ids()).toEqual(numbered('order-old', 2));
  const left = await database.sql(
    `SELECT DISTINCT split_part(event_id, ':', 1) AS age FROM inbox
     UNION SELECT DISTINCT split_part(event_id, ':', 2) FROM outbox WHERE event_id LIKE 'sent:%' ORDER BY age`,
  );
  expect(left).toEqual([{ age: '2' }, { age: '5' }]);
});

it('goes on sending when it cannot delete what is old', async () => {
  const messages: string[] = [];
  const logger = Object.assign(Object.create(silent), {
    warn: (_: unknown, text: string) => messages.push(text),
  });
  await database.sql('ALTER TABLE inbox RENAME TO inbox_elsewhere');
  undo.push(() => database.sql('ALTER TABLE inbox_elsewhere RENAME TO inbox'));
  startRelay(createRecordingBus(), { logger });
  for (const key of orderNumbers(3)) {
    await commitStockReserved(pool, key);
    await allSent();
  }
  expect(messages).toEqual(['sent events could not be deleted, trying again in a minute']);
});

it('reads no more of the table with each event, though it began with an empty one', async () => {
  const fresh = await createMessagingDatabase();
  undo.push(() => fresh.drop());
  const poolOfFresh = openPool(fresh);
  undo.push(() => poolOfFresh.end());
  const bus = createRecordingBus();
  const relay = startRelay(bus, { pool: poolOfFresh });
  const keys = orderNumbers(50);
  for (const [index, key] of keys.entries()) {
    await commitStockReserved(poolOfFresh, key);
    relay.nudge();
    await waitFor(() => bus.published.length > index);
  }
  await relay.stop();
  // A connection tells what it has counted when it ends, and a moment later.
  const scans = await waitFor(async () => {
    const [counted] = await fresh.sql<{ seq_scan: string; idx_scan: string }>(
      `SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'outbox'`,
    );
    return Number(counted?.idx_scan) > keys.length && counted;
  });
  expect(scans.seq_scan).toBe('0');
});
