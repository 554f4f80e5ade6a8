import { type DeadLetters, type EventBus, PermanentError, subscribe, type WireEvent } from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

export interface DeadLettersUnderTest {
  /** The group `orders` sees its `OrderEvents`. */
  readonly bus: EventBus;
  /** What operators see of this bus. */
  open(): DeadLetters;
  close(): Promise<void>;
}

/** What every {@link DeadLetters} promises to operators. `make` gives a bus without any. */
export function deadLettersContract(name: string, make: () => Promise<DeadLettersUnderTest>): void {
  describe(`${name} keep the contract of dead letters`, () => {
    let made: DeadLettersUnderTest;
    let deadLetters: DeadLetters;
    beforeEach(async () => {
      made = await make();
      deadLetters = made.open();
    });
    afterEach(async () => {
      await deadLetters.close();
      await made.close();
    });

    const add = async (events: readonly WireEvent[], reason = 'Error: no') => {
      for (const event of events) await made.bus.deadLetter('orders', event, reason);
    };
    const join = async (handle: (id: string) => void = () => {}) => {
      const handled: string[] = [];
      await subscribe({
        bus: made.bus,
        group: 'orders',
        topic: 'OrderEvents',
        logger: silent,
        handle: async ({ id }) => {
          handle(id);
          handled.push(id);
        },
      });
      return handled;
    };
    const keysOf = async () => (await deadLetters.list()).letters.map(({ event }) => event.key);
    const idOf = async (key: string) => {
      const letter = (await deadLetters.list()).letters.find(({ event }) => event.key === key);
      return letter?.id ?? `no letter of ${key}`;
    };

    it('lists none when there are none', async () => {
      expect(await deadLetters.list()).toEqual({ total: 0, letters: [] });
    });

    it('lists the oldest letters first, at most as many as asked for, and says how many there are', async () => {
      const keys = orderNumbers(5);
      for (const key of keys) {
        await add([stockReserved(key)]);
        // Letters are sorted by milliseconds.
        const addedAt = Date.now();
        await waitFor(() => Date.now() > addedAt);
      }
      const { total, letters } = await deadLetters.list(3);
      expect(total).toBe(5);
      expect(letters.map(({ event }) => event.key)).toEqual(keys.slice(0, 3));
    });

    it('lists a hundred letters when no number is asked for', async () => {
      await Promise.all(orderNumbers(103).map((key) => add([stockReserved(key)])));
      const { total, letters } = await deadLetters.list();
      expect({ total, listed: letters.length }).toEqual({ total: 103, listed: 100 });
    });

    it('shows the group, the reason, the time and the message of a letter, byte for byte', async () => {
      const event = { ...stockReserved('order-broken'), value: Buffer.from([0, 255, 7]) };
      await add([stockReserved('order-other')]);
      await add([event], 'InvalidEventError: the data is not JSON');

      const id = await idOf('order-broken');
      const { failedAt, ...letter } = (await deadLetters.show(id)) ?? { failedAt: 0 };
      expect(letter).toEqual({
        id,
        group: 'orders',
        reason: 'InvalidEventError: the data is not JSON',
        attempts: 0,
        event,
      });
      expect(Math.abs(Number(failedAt) - Date.now())).toBeLessThan(10_000);
    });

    it('shows nothing for an id that is not there', async () => {
      await add([stockReserved('order-lost')]);
      expect(await deadLetters.show('OrderEvents/9/4711')).toBeUndefined();
      expect(await deadLetters.show('4711')).toBeUndefined();
    });

    it('redrives the letters asked for to their group, and leaves the others with their ids', async () => {
      const keys = ['order-one', 'order-two', 'order-three'];
      await add(keys.map((key) => stockReserved(key)));
      const ids = { one: await idOf('order-one'), three: await idOf('order-three') };
      const handled = await join();

      const done = await deadLetters.redrive([await idOf('order-two')]);
      expect(done).toEqual({ count: 1, refused: [], passedOver: [] });
      await waitFor(async () => (await keysOf()).length === 2);
      await waitFor(() => handled.length > 0);
      expect(new Set(handled)).toEqual(new Set(['order-two:0']));
      expect(await idOf('order-one')).toBe(ids.one);
      expect(await idOf('order-three')).toBe(ids.three);
    });

    it('redrives all letters when no ids are given', async () => {
      const keys = orderNumbers(30);
      await add(keys.map((key) => stockReserved(key)));
      const handled = await join();
      expect(await deadLetters.redrive()).toEqual({ count: 30, refused: [], passedOver: [] });
      await waitFor(() => new Set(handled).size === 30);
      await waitFor(async () => (await deadLetters.list()).total === 0);
      expect(await deadLetters.redrive()).toEqual({ count: 0, refused: [], passedOver: [] });
    });

    it('redrives the events of a key in the order in which they failed', async () => {
      const events = Array.from({ length: 20 }, (_, n) => stockReserved('order-key', n));
      await add(events);
      const handled = await join();
      await deadLetters.redrive();
      await waitFor(() => new Set(handled).size === 20);
      expect([...new Set(handled)]).toEqual(events.map(({ headers }) => headers['ce_id']));
    });

    it('lists an event again that fails again, and lets it go once it is handled', async () => {
      await add([stockReserved('order-poison')], 'the first time');
      let isFixed = false;
      const handled = await join(() => {
        if (!isFixed) throw new PermanentError('never');
      });
      for (let round = 1; round <= 2; round++) {
        const before = await idOf('order-poison');
        await deadLetters.redrive([before]);
        // A group that has just been formed may be given an event twice.
        await waitFor(async () => {
          const { letters } = await deadLetters.list();
          return letters.length > 0 && letters.every(({ id }) => id !== before);
        });
      }
      const { letters } = await deadLetters.list();
      expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['PermanentError: never']));
      expect(letters.at(-1)?.attempts).toBe(2);

      isFixed = true;
      await deadLetters.redrive();
      await waitFor(() => handled.includes('order-poison:0'));
      await waitFor(async () => (await deadLetters.list()).total === 0);
    });

    it('discards letters without anybody handling their events', async () => {
      await add(['order-dropped', 'order-kept'].map((key) => stockReserved(key)));
      const handled = await join();
      const done = await deadLetters.discard([await idOf('order-dropped')]);
      expect(done).toEqual({ count: 1, refused: [], passedOver: [] });
      expect(await keysOf()).toEqual(['order-kept']);

      await deadLetters.redrive();
      await waitFor(() => handled.includes('order-kept:0'));
      expect(handled).not.toContain('order-dropped:0');
    });

    it('refuses an id that is not there, or is done, and goes on with the others', async () => {
      await add(['order-one', 'order-two'].map((key) => stockReserved(key)));
      const [one, two] = [await idOf('order-one'), await idOf('order-two')];
      const why = 'there is no such dead letter, or it is done';
      const refused = ['OrderEvents/9/4711', 'no id'].map((id) => ({ id, why }));

      expect(await deadLetters.discard(['OrderEvents/9/4711', one, 'no id'])).toEqual({
        count: 1,
        refused,
        passedOver: [],
      });
      expect(await deadLetters.discard([one])).toEqual({
        count: 0,
        refused: [{ id: one, why }],
        passedOver: [],
      });
      expect(await deadLetters.redrive(['OrderEvents/9/4711', two, 'no id', two])).toEqual({
        count: 1,
        refused,
        passedOver: [],
      });
    });

    it('lets several operators work at the same time: none disturbs what another does', async () => {
      const keys = orderNumbers(12);
      await add(keys.map((key) => stockReserved(key)));
      const handled = await join();
      const { letters } = await deadLetters.list();
      const ids = letters.map(({ id }) => id);
      const operators = [made.open(), made.open(), made.open()] as const;

      const [redriven, discarded, list] = await Promise.all([
        operators[0].redrive(ids.slice(0, 4)),
        operators[1].discard(ids.slice(4, 8)),
        operators[2].list(),
      ]);
      expect([redriven.count, discarded.count]).toEqual([4, 4]);
      expect(list.total).toBeGreaterThanOrEqual(4);
      await waitFor(async () => (await deadLetters.list()).total === 4);
      const rest = (await deadLetters.list()).letters.map(({ id }) => id);
      expect(rest.sort()).toEqual(ids.slice(8).sort());
      await waitFor(() => new Set(handled).size === 4);
      await Promise.all(operators.map((operator) => operator.close()));
    });
  });
}
