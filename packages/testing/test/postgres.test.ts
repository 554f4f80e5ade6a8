import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import {
  checkWrites,
  createLogger,
  createPool,
  databaseIsUnavailable,
  violates,
  withClient,
  withTransaction,
} from '@shop/service-kit';
import { createTestDatabase, type TestDatabase, waitFor } from '@shop/testing';
import pg from 'pg';

const schema = 'accounts';
const logger = createLogger({ name: 'test', level: 'silent', destination: { write: () => {} } });

let database: TestDatabase;
let pool: pg.Pool;

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE accounts (id bigint PRIMARY KEY, email text UNIQUE, balance integer)');
  await client.end();
}
const openPool = (url = database.url, max = 4) => createPool({ url, name: 'test_pool', schema, logger, max });

beforeAll(async () => {
  database = await createTestDatabase({ template: 'accounts', schema, migrate });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql('TRUNCATE accounts');
  await database.sql(`INSERT INTO accounts VALUES (1, 'ada', 10), (2, 'bob', 10)`);
  pool = openPool();
});
afterEach(() => pool.end());

const add = (client: pg.ClientBase, id: number, amount: number) =>
  client.query('UPDATE accounts SET balance = balance + $2 WHERE id = $1', [id, amount]);
const balances = async () => {
  const rows = await database.sql<{ balance: number }>('SELECT balance FROM accounts ORDER BY id');
  return rows.map(({ balance }) => balance);
};
const backendPid = async (client: pg.ClientBase) =>
  (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
const failure = async (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was expected to fail');
    },
    (error: Error & { code?: string }) => error,
  );

describe('createPool', () => {
  it('limits all that would wait for ever, and names itself', async () => {
    const { rows } = await pool.query(
      `SELECT name, setting FROM pg_settings WHERE name IN
         ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'application_name')`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      application_name: 'test_pool',
      idle_in_transaction_session_timeout: '10000',
      lock_timeout: '2000',
      statement_timeout: '5000',
    });
    expect(pool.options).toMatchObject({ max: 4, connectionTimeoutMillis: 3_000, query_timeout: 6_000 });
  });

  it('reads bigint as a number, in this pool only', async () => {
    const text = 'SELECT count(*) AS count FROM accounts';
    expect((await pool.query(text)).rows).toEqual([{ count: 2 }]);
    expect(await database.sql(text)).toEqual([{ count: '2' }]);
  });

  it('finds tables in the schema, and extensions', async () => {
    const { rows } = await pool.query(`SELECT current_schema, unaccent('é') AS plain`);
    expect(rows).toEqual([{ current_schema: schema, plain: 'e' }]);
  });

  it('survives the loss of idle connections', async () => {
    await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 1')]);
    await terminateOthers();
    await waitFor(() => pool.totalCount === 0);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('withTransaction', () => {
  it('commits, and gives what the work gave', async () => {
    const result = await withTransaction(pool, async (client) => {
      await add(client, 1, -3);
      expect(await balances()).toEqual([10, 10]);
      await add(client, 2, 3);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await balances()).toEqual([7, 13]);
  });

  it('takes all back when the work throws', async () => {
    const error = new Error('changed my mind');
    const work = withTransaction(pool, async (client) => {
      await add(client, 1, -3);
      throw error;
    });
    expect(await failure(work)).toBe(error);
    expect(await balances()).toEqual([10, 10]);
    expect(pool.idleCount).toBe(1);
  });

  it('does not say that it committed when a swallowed error undid everything', async () => {
    const work = withTransaction(pool, async (client) => {
      await add(client, 1, -3);
      await client.query(`INSERT INTO accounts VALUES (1, 'eve', 0)`).catch(() => {});
    });
    expect((await failure(work)).message).toContain('not committed');
    expect(await balances()).toEqual([10, 10]);
  });

  it('tries again when two transactions wait for each other', async () => {
    let attempts = 0;
    const transfer = (from: number, to: number, meet: () => Promise<void>) =>
      withTransaction(pool, async (client) => {
        attempts++;
        await add(client, from, -1);
        await meet();
        await add(client, to, 1);
      });
    const meet = createMeeting(2);
    await Promise.all([transfer(1, 2, meet), transfer(2, 1, meet)]);
    // One of them has to begin again, and on a busy machine they may meet once more.
    expect(attempts).toBeGreaterThanOrEqual(3);
    expect(await balances()).toEqual([10, 10]);
  });

  it('tries again what could not be serialized, also when an ORM hides the reason', async () => {
    const meet = createMeeting(2);
    let attempts = 0;
    const increase = () =>
      withTransaction(pool, async (client) => {
        attempts++;
        await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        const { rows } = await client.query('SELECT balance FROM accounts WHERE id = 1');
        await meet();
        await client
          .query('UPDATE accounts SET balance = $1 WHERE id = 1', [rows[0].balance + 1])
          .catch((cause: unknown) => {
            throw new Error('Failed query', { cause: new Error('driver', { cause }) });
          });
      });
    await Promise.all([increase(), increase()]);
    expect(attempts).toBe(3);
    expect(await balances()).toEqual([12, 10]);
  });

  it('gives up after five attempts', async () => {
    let attempts = 0;
    const error = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const work = withTransaction(pool, async () => {
      attempts++;
      throw error;
    });
    expect(await failure(work)).toBe(error);
    expect(attempts).toBe(5);
    expect(databaseIsUnavailable(error)).toBe(true);
  });

  it('fails without harm when its connection is killed, and the pool heals', async () => {
    for (const moment of ['before a statement', 'during one', 'before the commit']) {
      const work = withTransaction(pool, async (client) => {
        await add(client, 1, -3);
        const pid = await backendPid(client);
        const kill = () => database.sql('SELECT pg_terminate_backend($1)', [pid]);
        if (moment === 'during one') return Promise.all([client.query('SELECT pg_sleep(5)'), kill()]);
        await kill();
        return moment === 'before a statement' && client.query('SELECT 1');
      });
      expect([moment, databaseIsUnavailable(await failure(work))]).toEqual([moment, true]);
    }
    expect(await balances()).toEqual([10, 10]);
    await waitFor(() => pool.totalCount === pool.idleCount);
    await withTransaction(pool, (client) => add(client, 1, 1));
    expect(await balances()).toEqual([11, 10]);
  });

  it('leaves no client behind, whatever happens', async () => {
    const outcomes = Array.from({ length: 30 }, (_, n) =>
      withTransaction(pool, async (client) => {
        if (n % 3 === 0) throw new Error('no');
        if (n % 3 === 1) await database.sql('SELECT pg_terminate_backend($1)', [await backendPid(client)]);
        await client.query('SELECT 1');
      }),
    );
    const settled = await Promise.allSettled(outcomes);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(pool.waitingCount).toBe(0);
    await waitFor(() => pool.totalCount === pool.idleCount);
  });
});

it('tells which constraint refused a row, however deep an ORM hides it', async () => {
  const error = await failure(pool.query(`INSERT INTO accounts VALUES (3, 'ada', 0)`));
  const wrapped = new Error('Failed query', { cause: error });
  for (const thrown of [error, wrapped]) {
    expect(violates(thrown, 'accounts_email_key')).toBe(true);
    expect(violates(thrown, 'accounts_pkey')).toBe(false);
    expect(databaseIsUnavailable(thrown)).toBe(false);
  }
  expect(violates(undefined, 'accounts_email_key')).toBe(false);
});

describe('a check of writes', () => {
  it('passes, and leaves nothing behind', async () => {
    const size = () => database.sql('SELECT pg_database_size(current_database()) AS size');
    await checkWrites(pool);
    const before = await size();
    for (let count = 0; count < 20; count++) await checkWrites(pool);
    expect(await size()).toEqual(before);
  });

  it.each([
    ['default_transaction_read_only = on', /read-only/],
    // As on a disk that is full: no temporary file may grow.
    ['temp_file_limit = 0', /temporary file size/],
  ])('fails with %s', async (setting, message) => {
    const { username, pathname } = new URL(database.url);
    const alter = (change: string) =>
      withClient({ connectionString: process.env['TEST_POSTGRES_URL'] }, (admin) =>
        admin.query(`ALTER ROLE ${username} IN DATABASE "${pathname.slice(1)}" ${change}`),
      );
    await alter(`SET ${setting}`);
    const later = openPool();
    expect((await failure(checkWrites(later))).message).toMatch(message);
    await later.end();
    await alter(`RESET ${setting.split(' ')[0]}`);
    await checkWrites(pool);
  });
});

it.each(['25006', '53100', '53200', '58030'])(
  'takes %s for an outage however deep an ORM hides it',
  (code) => {
    const error = Object.assign(new Error('no'), { code });
    expect(databaseIsUnavailable(new Error('Failed query', { cause: error }))).toBe(true);
  },
);

describe('when PostgreSQL', () => {
  it('is not there, says so', async () => {
    const nowhere = openPool('postgresql://nobody@127.0.0.1:1/nothing');
    const error = await failure(withTransaction(nowhere, async () => {}));
    expect(databaseIsUnavailable(error)).toBe(true);
    await nowhere.end();
  });

  it('hangs, does not wait for ever, and goes on once it answers again', async () => {
    const link = await createFrozenLink(database.url);
    const behind = openPool(link.url);
    // Six seconds otherwise.
    Object.assign(behind.options, { query_timeout: 100 });
    await behind.query('SELECT 1');
    const client = await behind.connect();
    link.freeze();
    client.release();

    const error = await failure(withTransaction(behind, (inside) => add(inside, 1, 1)));
    expect(error.message).toBe('Query read timeout');
    expect(databaseIsUnavailable(error)).toBe(true);
    link.thaw();
    await withTransaction(behind, (inside) => add(inside, 2, 1));
    expect(await balances()).toEqual([10, 11]);
    await behind.end();
    await link.close();
  });

  it('refuses a lock for too long, says so', async () => {
    await withTransaction(pool, async (holder) => {
      await add(holder, 1, 1);
      const waiting = withTransaction(pool, async (client) => {
        await client.query(`SET LOCAL lock_timeout = '20ms'`);
        await add(client, 1, 1);
      });
      const error = await failure(waiting);
      expect([error.code, databaseIsUnavailable(error)]).toEqual(['55P03', true]);
    });
  });
});

async function terminateOthers(): Promise<void> {
  await database.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
}

/** The first `parties` callers wait for each other; later ones (who try again) pass. */
function createMeeting(parties: number): () => Promise<void> {
  let arrived = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    if (++arrived >= parties) open();
    return opened;
  };
}

/** A way to the server on which everything can get stuck, as behind a firewall that drops packets. */
async function createFrozenLink(url: string) {
  const { port, hostname } = new URL(url);
  const ends: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const end of [near, far]) end.on('error', () => {});
    near.on('close', () => far.destroy());
    ends.push(near, far);
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const link = new URL(url);
  link.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: link.href,
    freeze: () => {
      for (const end of ends) end.unpipe().pause();
    },
    thaw: () => {
      for (const end of ends.splice(0)) end.destroy();
    },
    close: async () => {
      for (const end of ends) end.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
