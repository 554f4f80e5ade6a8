import { addEvents, type InvalidEventError, type Sql, sqlOf } from '@shop/messaging';
import { withTransaction } from '@shop/service-kit';
import type { TestDatabase } from '@shop/testing';
import type pg from 'pg';
import { createMessagingDatabase, openPool } from './support/database.ts';
import { orderNumbers } from './support/stock-events.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createMessagingDatabase();
  pool = openPool(database, 2);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const cancelled = (key: string, reason = 'a test') => ({
  id: `cancel:${key}`,
  source: 'order_service',
  type: 'CANCEL_ORDER' as const,
  key,
  data: { orderNumber: key, reason },
});

describe('addEvents', () => {
  it('adds many events with one statement, in their order and as they are', async () => {
    const keys = orderNumbers(100);
    let statements = 0;
    await withTransaction(pool, async (client) => {
      const counted: Sql = (text, values) => {
        statements++;
        return sqlOf(client)(text, values);
      };
      await addEvents(
        counted,
        keys.map((key) => cancelled(key, `"quoted", ünï¢ode, \\ ${key}`)),
      );
      await addEvents(counted, []);
    });
    const { rows } = await pool.query(
      'SELECT event_id, topic, key, type, headers, payload FROM outbox ORDER BY id',
    );
    expect(statements).toBe(1);
    expect(rows.map(({ event_id }) => event_id)).toEqual(keys.map((key) => `cancel:${key}`));
    expect(rows[7]).toEqual({
      event_id: 'cancel:order-key-7',
      topic: 'CatalogEvents',
      key: 'order-key-7',
      type: 'CANCEL_ORDER',
      headers: expect.objectContaining({ ce_id: 'cancel:order-key-7', ce_source: 'order_service' }),
      payload: { orderNumber: 'order-key-7', reason: '"quoted", ünï¢ode, \\ order-key-7' },
    });
  });

  it('adds none when one breaks its schema', async () => {
    const sql: Sql = () => Promise.reject(new Error('not to be called'));
    const wrong = { ...cancelled('order-wrong'), data: { orderNumber: 7 } } as never;
    await expect(addEvents(sql, [cancelled('order-right'), wrong])).rejects.toMatchObject({
      name: 'InvalidEventError' satisfies InvalidEventError['name'],
    });
  });
});
