import { firstDelivery, sqlOf } from '@shop/messaging';
import { withTransaction } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import type pg from 'pg';
import { createMessagingDatabase, openPool } from './support/database.ts';

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

const deliver = (consumer: string, eventId: string) =>
  withTransaction(pool, (client) => firstDelivery(sqlOf(client), consumer, eventId));
const somebodyWaits = async () => {
  const waiting = await database.sql('SELECT FROM pg_locks WHERE NOT granted');
  return waiting.length > 0;
};

it('knows a repeat from the first delivery, for each consumer by itself', async () => {
  expect(await deliver('orders', 'a')).toBe(true);
  expect(await deliver('orders', 'a')).toBe(false);
  expect(await deliver('orders', 'b')).toBe(true);
  expect(await deliver('catalog', 'a')).toBe(true);
});

it('lets one of many concurrent deliveries do the work', async () => {
  const first = await Promise.all(Array.from({ length: 10 }, () => deliver('orders', 'stampede')));
  expect(first.filter(Boolean)).toHaveLength(1);
});

it('makes a repeat wait for the first to commit, and tries again when that rolls back', async () => {
  const first = await pool.connect();
  const second = await pool.connect();
  await first.query('BEGIN');
  await second.query('BEGIN');
  expect(await firstDelivery(sqlOf(first), 'orders', 'undone')).toBe(true);

  const repeat = firstDelivery(sqlOf(second), 'orders', 'undone');
  await waitFor(somebodyWaits, { what: 'the repeat to wait for the first' });
  await first.query('ROLLBACK');

  expect(await repeat).toBe(true);
  await second.query('COMMIT');
  expect(await deliver('orders', 'undone')).toBe(false);
  first.release();
  second.release();
});
