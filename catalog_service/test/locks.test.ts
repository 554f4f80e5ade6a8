import { createLogger, createPool } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import { createExclusively } from '../src/db/exclusively.ts';
import { createCatalogDatabase } from './support/harness.ts';

let database: TestDatabase;
let pool: ReturnType<typeof createPool>;

beforeAll(async () => {
  database = await createCatalogDatabase();
  const logger = createLogger({ name: 'test', level: 'silent' });
  pool = createPool({ url: database.url, name: 'of_the_locks', schema: 'catalog', logger });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** As when the server ends, or the network to it. */
const breakConnections = () =>
  database.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'of_the_locks'`,
  );

describe('what one process may do at a time', () => {
  it('is told that it has lost that right, when the connection breaks that the lock belongs to', async () => {
    const exclusively = createExclusively(pool, 'work');
    const meanwhile: unknown[] = [];
    const done = await exclusively(async (lost) => {
      expect(lost.aborted).toBe(false);
      meanwhile.push(await exclusively(async () => 'no'));
      await breakConnections();
      await waitFor(() => lost.aborted);
      meanwhile.push(await waitFor(() => exclusively(async () => 'yes')));
      return (lost.reason as Error).message;
    });
    expect(done).toBe('lost the lock "work"');
    expect(meanwhile).toEqual([undefined, 'yes']);
  });
});
