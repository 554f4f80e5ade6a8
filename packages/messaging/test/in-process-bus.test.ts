import {
  createDeadLetterStore,
  createInProcessBus,
  type InProcessBusOptions,
  PermanentError,
  subscribe,
  type WireEvent,
} from '@shop/messaging';
import { type TestDatabase, waitFor } from '@shop/testing';
import type pg from 'pg';
import { eventBusContract } from './event-bus.contract.ts';
import { createMessagingDatabase, openPool } from './support/database.ts';
import { createMemoryDeadLetters } from './support/memory-dead-letters.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

eventBusContract('the in-process bus', async (groups) => {
  const deadLetters = createMemoryDeadLetters();
  const bus = createInProcessBus({ groups, deadLetters, logger: silent });
  return {
    bus,
    newInstance: async () => bus,
    deadLetters: deadLetters.list,
    holds: 'key',
    close: bus.close,
  };
});

const groups = { CatalogEvents: [], OrderEvents: ['orders'], PaymentEvents: [], ProductEvents: [] };

function openBus(options: Partial<InProcessBusOptions> = {}) {
  const bus = createInProcessBus({
    groups,
    deadLetters: createMemoryDeadLetters(),
    logger: silent,
    ...options,
  });
  const ids: string[] = [];
  const join = (handle: (id: string) => unknown = () => {}) =>
    subscribe({
      bus,
      group: 'orders',
      topic: 'OrderEvents',
      logger: silent,
      firstRetryMs: 2,
      lastRetryMs: 5,
      handle: async ({ id }) => {
        await handle(id);
        ids.push(id);
      },
    });
  return { bus, ids, join };
}

describe('publish', () => {
  it('resolves when the effects are there, not before', async () => {
    const { bus, ids, join } = openBus();
    let attempts = 0;
    await join(() => {
      if (++attempts < 3) throw new Error('not yet');
    });
    await bus.publish(stockReserved('order-awaited'));
    expect(ids).toEqual(['order-awaited:0']);
    await bus.close();
  });

  it('waits for a group that has not subscribed yet', async () => {
    const { bus, ids, join } = openBus();
    const published = bus.publish(stockReserved('order-early'));
    published.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await join();
    await published;
    expect(ids).toEqual(['order-early:0']);
    await bus.close();
  });

  it('keeps the order of a key, though nobody waits between two messages', async () => {
    const { bus, ids, join } = openBus();
    let attempts = 0;
    await join(() => {
      if (++attempts < 3) throw new Error('not yet');
    });
    await Promise.all([0, 1, 2].map((n) => bus.publish(stockReserved('order-key', n))));
    expect(ids).toEqual(['order-key:0', 'order-key:1', 'order-key:2']);
    await bus.close();
  });

  it.each(['bus', 'subscription'] as const)('rejects when the %s is closed during a retry', async (what) => {
    const { bus, join } = openBus();
    let attempts = 0;
    const subscription = await join(() => {
      attempts++;
      throw new Error('not yet');
    });
    const inHand = bus.publish(stockReserved('order-key')).catch((error: Error) => error.message);
    const behind = bus.publish(stockReserved('order-key', 1)).catch((error: Error) => error.message);
    await waitFor(() => attempts > 1);

    await { bus, subscription }[what].close();

    const reason = { bus: 'the event bus is closed', subscription: 'orders has left' }[what];
    expect([await inHand, await behind]).toEqual([reason, reason]);
    await bus.close();
  });

  it('rejects when the bus closes before anybody has subscribed', async () => {
    const { bus } = openBus();
    const published = bus.publish(stockReserved('order-key')).catch((error: Error) => error.message);
    await bus.close();
    expect(await published).toBe('the event bus is closed');
  });

  it('rejects after the last instance has left, and works when one is back', async () => {
    const { bus, ids, join } = openBus();
    const subscription = await join();
    await subscription.close();
    await expect(bus.publish(stockReserved('order-key'))).rejects.toThrow('orders has left');
    await join();
    await bus.publish(stockReserved('order-key'));
    expect(ids).toEqual(['order-key:0']);
    await bus.close();
  });

  it('rejects when a dead letter cannot be kept: the message would be lost', async () => {
    const deadLetters = createMemoryDeadLetters();
    deadLetters.add = () => Promise.reject(new Error('no place for it'));
    const { bus, join } = openBus({ deadLetters });
    await join();
    const broken = { ...stockReserved('order-key'), value: Buffer.from('?') };
    await expect(bus.publish(broken)).rejects.toThrow('no place for it');
    await bus.close();
  });

  it('rejects when a group could not handle it, but not before the others have', async () => {
    const deadLetters = createMemoryDeadLetters();
    deadLetters.add = () => Promise.reject(new Error('no place for it'));
    const bus = createInProcessBus({
      groups: { ...groups, OrderEvents: ['broken', 'slow'] },
      deadLetters,
      logger: silent,
    });
    const handled: string[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const join = (group: string, handle: () => Promise<void>) =>
      subscribe({ bus, group, topic: 'OrderEvents', logger: silent, handle });
    await join('broken', async () => {
      handled.push('broken');
      throw new PermanentError('never');
    });
    await join('slow', async () => {
      await released;
      handled.push('slow');
    });
    let settled = false;
    const published = bus.publish(stockReserved('order-key')).catch((error: Error) => {
      settled = true;
      return error.message;
    });
    await waitFor(() => handled.length > 0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    release();
    expect(await published).toBe('no place for it');
    expect(handled).toEqual(['broken', 'slow']);
    await bus.close();
  });

  it('handles different keys beside each other, as many as the subscriber takes', async () => {
    const { bus, join } = openBus();
    let [now, most] = [0, 0];
    await join(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
    });
    await Promise.all(orderNumbers(40).map((key) => bus.publish(stockReserved(key))));
    expect(most).toBe(8);
    await bus.close();
  });
});

it('closes one subscription while another of its group still works, without waiting for that', async () => {
  const { bus, join } = openBus();
  const first = await join();
  let attempts = 0;
  const stuck = () => {
    attempts++;
    throw new Error('not yet');
  };
  await join(stuck);
  const published = bus.publish(stockReserved('order-key')).catch(() => 'rejected');
  await waitFor(() => attempts > 0);

  await first.close();
  const attemptsAtClose = attempts;
  await waitFor(() => attempts > attemptsAtClose);
  await bus.close();
  expect(await published).toBe('rejected');
});

describe('a test may', () => {
  const published = async (tamper: InProcessBusOptions['tamper'], ...events: WireEvent[]) => {
    const { bus, ids, join } = openBus({ ...(tamper && { tamper }) });
    await join();
    await Promise.all(events.map((event) => bus.publish(event)));
    await bus.close();
    return ids;
  };

  it('double messages', async () => {
    expect(await published(async (event) => [event, event], stockReserved('order-key'))).toEqual([
      'order-key:0',
      'order-key:0',
    ]);
  });

  it('drop messages', async () => {
    expect(await published(async () => [], stockReserved('order-key'))).toEqual([]);
  });

  it('hold messages back, which holds their key only', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { bus, ids, join } = openBus({
      tamper: async (event) => {
        if (event.headers['ce_id'] === 'order-held:0') await held;
        return [event];
      },
    });
    await join();
    const first = bus.publish(stockReserved('order-held', 0));
    const second = bus.publish(stockReserved('order-held', 1));
    await bus.publish(stockReserved('order-free'));
    expect(ids).toEqual(['order-free:0']);
    release();
    await Promise.all([first, second]);
    expect(ids).toEqual(['order-free:0', 'order-held:0', 'order-held:1']);
    await bus.close();
  });
});

describe('dead letters in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createMessagingDatabase();
    pool = openPool(database);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(() => pool.query('TRUNCATE dead_letters'));

  const broken = (n: number): WireEvent => ({
    ...stockReserved('order-key', n),
    value: Buffer.from([0, 255, n]),
  });

  it('keep the message as it came, byte for byte', async () => {
    const store = createDeadLetterStore(pool);
    const { value, ...rest } = broken(7);
    await store.add('orders', { ...rest, value }, 'a reason');
    const [letter] = await store.list();
    expect(letter).toMatchObject({ group: 'orders', reason: 'a reason', event: rest });
    expect([...(letter?.event.value ?? [])]).toEqual([...value]);
    expect(Math.abs(Number(letter?.failedAt) - Date.now())).toBeLessThan(5_000);
  });

  it('are handed over again when an operator asks, and only those', async () => {
    const store = createDeadLetterStore(pool);
    const { bus, ids, join } = openBus({ deadLetters: store, redriveMs: 5 });
    await store.add('orders', stockReserved('order-key', 1), 'a bug');
    await store.add('orders', stockReserved('order-key', 2), 'a bug');
    const [, second] = await store.list();
    let mended = false;
    await join(() => {
      if (!mended) throw new Error('the bug');
    });

    expect(await store.requestRedrive([Number(second?.id)])).toBe(1);
    mended = true;
    await waitFor(async () => (await store.list()).length === 1);
    expect(ids).toEqual(['order-key:2']);
    expect(await store.requestRedrive()).toBe(1);
    await waitFor(async () => (await store.list()).length === 0);
    expect(ids).toEqual(['order-key:2', 'order-key:1']);
    await bus.close();
  });

  it('come back as new ones when they still cannot be handled', async () => {
    const store = createDeadLetterStore(pool);
    const { bus, join } = openBus({ deadLetters: store, redriveMs: 5 });
    await join();
    await store.add('orders', broken(1), 'the first time');
    const [before] = await store.list();
    await store.requestRedrive();

    await waitFor(async () => (await store.list())[0]?.id !== before?.id);
    const [after] = await waitFor(async () => {
      const letters = await store.list();
      return letters.length === 1 && letters;
    });
    expect(after).toMatchObject({
      event: { key: 'order-key' },
      reason: 'InvalidEventError: the data is not JSON',
    });
    expect(await store.requested()).toEqual([]);
    await bus.close();
  });

  it('do not wait for one that cannot be handled yet', async () => {
    const store = createDeadLetterStore(pool);
    const { bus, ids, join } = openBus({ deadLetters: store, redriveMs: 5 });
    let [attempts, mended] = [0, false];
    await join((id) => {
      if (!id.startsWith('order-bad') || mended) return;
      attempts++;
      throw new Error('the bug is still there');
    });
    for (const key of ['order-bad', 'order-good']) await store.add('orders', stockReserved(key), 'a bug');
    await store.requestRedrive();
    await waitFor(() => attempts > 2 && ids.includes('order-good:0'));
    await store.add('orders', stockReserved('order-later'), 'a bug');
    await store.requestRedrive();
    await waitFor(() => ids.includes('order-later:0'));
    expect(ids).toEqual(['order-good:0', 'order-later:0']);
    mended = true;
    await waitFor(async () => (await store.list()).length === 0);
    expect(ids).toEqual(['order-good:0', 'order-later:0', 'order-bad:0']);
    await bus.close();
  });

  it('wait while their group is not there', async () => {
    const store = createDeadLetterStore(pool);
    const { bus, ids, join } = openBus({ deadLetters: store, redriveMs: 5 });
    const gone = await join();
    await gone.close();
    await store.add('orders', stockReserved('order-key'), 'a bug');
    await store.requestRedrive();
    await join();
    await waitFor(async () => (await store.list()).length === 0);
    expect(ids).toEqual(['order-key:0']);
    await bus.close();
  });
});
