import { createLogger, createPool, withClient, withTrace, withTransaction } from '@shop/service-kit';
import type pg from 'pg';
import { authenticated, ready, shuttingDown, startSilentPostgres } from './support/postgres-protocol.ts';
import { waitFor } from './support/wait-for.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const trace = { requestId: 'test', traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` };
let server: Awaited<ReturnType<typeof startSilentPostgres>>;
let pool: pg.Pool;

async function open(greeting: Buffer) {
  server = await startSilentPostgres(greeting);
  pool = createPool({ url: server.url, name: 'test', schema: 'test', logger, max: 2 });
}
afterEach(async () => {
  await server.close();
  await pool.end();
});

describe('a server that shuts down in the packet that says it is ready', () => {
  beforeEach(() => open(Buffer.concat([authenticated, ready, shuttingDown])));

  it('rejects the statement on a pooled connection and does not end the process', async () => {
    const client = await pool.connect();
    const outcome = client.query('SELECT 1').finally(() => client.release(true));
    await expect(outcome).rejects.toThrow('connection error');
  });

  it('rejects the statement on a single connection and does not end the process', async () => {
    const asked = withClient({ connectionString: server.url }, (client) => client.query('SELECT 1'));
    await expect(asked).rejects.toThrow('connection error');
  });
});

describe('a server that has stopped answering', () => {
  beforeEach(() => open(Buffer.concat([authenticated, ready])));

  it('ends a transaction when the time of its request is over, without waiting for a ROLLBACK', async () => {
    const startedAt = performance.now();
    const work = () => withTransaction(pool, (client) => client.query('SELECT 1'));
    await expect(withTrace(trace, work, 200)).rejects.toThrow('Query read timeout');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(server.statements()).toBe(1);
    expect(pool.totalCount).toBe(0);
  });

  it('gives all statements of a request one time, and refuses those that come after it', async () => {
    const work = async () => {
      await expect(pool.query('SELECT 1')).rejects.toThrow('Query read timeout');
      await expect(pool.query('SELECT 2')).rejects.toThrow('The time of this request');
      await expect(pool.connect()).rejects.toThrow('The time of this request');
    };
    await withTrace(trace, work, 100);
    expect(server.statements()).toBe(1);
  });

  it('counts the wait for a connection, and gives one that comes too late to others', async () => {
    const [one, two] = [await pool.connect(), await pool.connect()];
    await expect(withTrace(trace, () => pool.query('SELECT 1'), 100)).rejects.toThrow(
      'The time of this request',
    );
    one.release();
    two.release();
    await waitFor(() => pool.idleCount === 2);
    expect([pool.totalCount, pool.waitingCount]).toEqual([2, 0]);
  });
});
