import { createLogger, createPool, withAdvisoryLock } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
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

describe('withAdvisoryLock', () => {
  it('tells the work that the lock is lost when the connection of the lock breaks', async () => {
    const meanwhile: unknown[] = [];
    const done = await withAdvisoryLock(pool, 'work', async (lost) => {
      expect(lost.aborted).toBe(false);
      meanwhile.push(await withAdvisoryLock(pool, 'work', async () => 'no'));
      await breakConnections();
      await waitFor(() => lost.aborted);
      meanwhile.push(await waitFor(() => withAdvisoryLock(pool, 'work', async () => 'yes')));
      return (lost.reason as Error).message;
    });
    expect(done).toBe('lost the lock "work"');
    expect(meanwhile).toEqual([undefined, 'yes']);
  });
});
