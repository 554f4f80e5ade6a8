import type pg from 'pg';
import { type DatabaseTime, databaseTime } from '../tracing/trace.ts';

/** A request's time for the database is over, or the server has stopped answering on this connection. */
export class DatabaseTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseTimeoutError';
  }
}

/**
 * The answer to a COMMIT, or to a change outside of a transaction, was lost: whether it was made nobody here knows.
 */
export class OutcomeUnknownError extends Error {
  readonly code = 'OUTCOME_UNKNOWN';

  constructor(cause: unknown) {
    super('The database has not said whether it made the change.', { cause });
    this.name = 'OutcomeUnknownError';
  }
}

const timeIsOver = () =>
  new DatabaseTimeoutError("The time of this request for the database's answers is over.");

/** `query` of a pool or a connection, as this product uses it: without a callback. */
export type Query = (statement: string | pg.QueryConfig, values?: unknown[]) => Promise<unknown>;

/**
 * Makes a pool's connections survive and obey: errors of a connection never end the process, a connection on which a
 * statement had no answer in time is given no further one (not even a ROLLBACK, which would wait behind it), and all
 * that an HTTP request waits for the database, connections included, has one limit (see {@link databaseTime}). A change
 * whose answer is lost rejects with {@link OutcomeUnknownError}: every other error means that nothing was changed. The
 * pool and its connections take no callbacks any more, and no query objects such as cursors.
 */
export function limitPool(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    // The caller that waits for this connection gets it one tick later. Until then nothing else listens.
    client.on('error', () => {});
    limitClient(client);
  });
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>;
  pool.connect = (async () => {
    const time = databaseTime();
    if (time === undefined) return connect();
    if (time.leftMs <= 0) throw timeIsOver();
    return connectWithin(time, connect);
  }) as typeof pool.connect;
  // The pool's own calls `connect` with a callback.
  const query: Query = async (statement, values) => {
    const client = await pool.connect();
    let failure: Error | undefined;
    try {
      return await client.query(statement, values);
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      client.release(failure);
    }
  };
  pool.query = query as typeof pool.query;
}

async function connectWithin(
  time: DatabaseTime,
  connect: () => Promise<pg.PoolClient>,
): Promise<pg.PoolClient> {
  const startedAt = performance.now();
  const connecting = connect();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timeIsOver()), time.leftMs);
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (error) {
    // A connection that comes too late is given to others.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
    time.leftMs -= performance.now() - startedAt;
  }
}

function limitClient(client: pg.PoolClient): void {
  const query: Query = client.query.bind(client);
  let unanswered: unknown;
  let inTransaction = false;
  const queryInTime: Query = async (statement, values) => {
    if (unanswered !== undefined)
      throw new DatabaseTimeoutError('The connection is broken.', { cause: unanswered });
    const time = databaseTime();
    if (time !== undefined && time.leftMs <= 0) throw timeIsOver();
    const text = typeof statement === 'string' ? statement : statement.text;
    const isAlone = !inTransaction;
    if (text.startsWith('BEGIN')) inTransaction = true;
    else if (text === 'COMMIT' || text === 'ROLLBACK') inTransaction = false;
    const startedAt = performance.now();
    try {
      return await query(time === undefined ? statement : withLimit(statement, time.leftMs), values);
    } catch (error) {
      if (isUnanswered(error)) unanswered = error;
      const commits = text === 'COMMIT' || (isAlone && changes.test(text));
      throw commits && isLost(error) ? new OutcomeUnknownError(error) : error;
    } finally {
      if (time !== undefined) time.leftMs -= performance.now() - startedAt;
    }
  };
  client.query = queryInTime as typeof client.query;
}

const withLimit = (statement: string | pg.QueryConfig, leftMs: number) => ({
  ...(typeof statement === 'string' ? { text: statement } : statement),
  query_timeout: Math.ceil(leftMs),
});

/** In pg's own words; it has no code for it. */
const isUnanswered = (error: unknown) => (error as Error).message === 'Query read timeout';

const changes = /\b(INSERT INTO|UPDATE|DELETE FROM)\b/i;

/**
 * The connection ended while the statement was at work: no answer, or one that says that the session ends, which comes
 * after a COMMIT too. Not that it had ended before.
 */
function isLost(error: unknown): boolean {
  const { severity, message } = error as { readonly severity?: string; readonly message: string };
  if (severity !== undefined) return severity === 'FATAL' || severity === 'PANIC';
  return !message.includes('not queryable');
}
