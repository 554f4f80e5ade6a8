import {
  createInProcessBus,
  type InProcessBusOptions,
  PermanentError,
  subscribe,
  type WireEvent,
} from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { eventBusContract } from './event-bus.contract.ts';
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
