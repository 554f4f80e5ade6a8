import {
  createDeadLetterStore,
  createInProcessBus,
  createPostgresDeadLetters,
  type DeadLetters,
  subscribe,
} from '@shop/messaging';
import { type TestDatabase, waitFor } from '@shop/testing';
import type pg from 'pg';
import { deadLettersContract } from './dead-letters.contract.ts';
import { createMessagingDatabase, openPool } from './support/database.ts';
import { silent } from './support/silent-logger.ts';
import { stockReserved } from './support/stock-events.ts';

const groups = { CatalogEvents: [], OrderEvents: ['orders'], PaymentEvents: [], ProductEvents: [] };

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
beforeEach(() => database.sql('TRUNCATE dead_letters'));

const openBus = () =>
  createInProcessBus({ groups, deadLetters: createDeadLetterStore(pool), logger: silent, redriveMs: 5 });

deadLettersContract('those in PostgreSQL', async () => {
  const bus = openBus();
  return { bus, open: () => createPostgresDeadLetters(openPool(database, 2)), close: bus.close };
});

describe('a redrive within one process', () => {
  let letters: DeadLetters;
  beforeEach(() => {
    letters = createPostgresDeadLetters(openPool(database, 2));
  });
  afterEach(() => letters.close());

  const join = async (bus: ReturnType<typeof openBus>, handle: (id: string) => void = () => {}) => {
    const ids: string[] = [];
    const subscription = await subscribe({
      bus,
      group: 'orders',
      topic: 'OrderEvents',
      logger: silent,
      firstRetryMs: 2,
      lastRetryMs: 5,
      handle: async ({ id }) => {
        handle(id);
        ids.push(id);
      },
    });
    return { ids, subscription };
  };
  const isEmpty = async () => (await letters.list()).total === 0;

  it('asks for nothing twice', async () => {
    const bus = openBus();
    await bus.deadLetter('orders', stockReserved('order-waits'), 'a bug');
    await bus.close();
    const [letter] = (await letters.list()).letters;
    const id = letter?.id ?? '';
    const why = expect.stringContaining('asked for already');

    expect(await letters.redrive()).toEqual({ count: 1, refused: [], passedOver: [] });
    expect(await letters.redrive()).toEqual({ count: 0, refused: [], passedOver: [{ id, why }] });
    expect(await letters.redrive([id])).toEqual({ count: 0, refused: [], passedOver: [{ id, why }] });
  });

  it('does not wait for a letter that cannot be handled yet', async () => {
    const bus = openBus();
    let [attempts, isFixed] = [0, false];
    const { ids } = await join(bus, (id) => {
      if (!id.startsWith('order-bad') || isFixed) return;
      attempts++;
      throw new Error('the bug is still there');
    });
    for (const key of ['order-bad', 'order-good'])
      await bus.deadLetter('orders', stockReserved(key), 'a bug');
    await letters.redrive();
    await waitFor(() => attempts > 2 && ids.includes('order-good:0'));
    await bus.deadLetter('orders', stockReserved('order-later'), 'a bug');
    await letters.redrive();
    await waitFor(() => ids.includes('order-later:0'));
    expect(ids).toEqual(['order-good:0', 'order-later:0']);
    isFixed = true;
    await waitFor(isEmpty);
    expect(ids).toEqual(['order-good:0', 'order-later:0', 'order-bad:0']);
    await bus.close();
  });

  it('waits while the group of the letter is not there', async () => {
    const bus = openBus();
    const { subscription } = await join(bus);
    await subscription.close();
    await bus.deadLetter('orders', stockReserved('order-key'), 'a bug');
    await letters.redrive();
    const { ids } = await join(bus);
    await waitFor(isEmpty);
    expect(ids).toEqual(['order-key:0']);
    await bus.close();
  });
});
