import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { type Metrics, observePool } from '../metrics.ts';
import { tracePool } from '../tracing/postgres.ts';
import { limitPool } from './limits.ts';

export interface PoolOptions {
  readonly url: string;
  /** The service's name: shown in pg_stat_activity, and of whom traces say that it asked. */
  readonly name: string;
  /** The service's schema: what an unqualified table name means. */
  readonly schema: string;
  readonly logger: Logger;
  readonly max?: number;
  /** Shows how busy the pool is. */
  readonly metrics?: Metrics;
}

/**
 * Has PostgreSQL give up a connection whose other end has vanished without a word (a machine that lost power, a
 * network that is cut) within half a minute, rather than two hours: with it go its locks, the outbox relay's too.
 */
const keepalives = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/**
 * The service's one connection pool, with a limit on everything that by default waits for ever: on each statement,
 * and for an HTTP request on all of them together (2.5 s). A connection that breaks never ends the process.
 * `bigint` is read as a number: what this product counts stays below 2^53. Statements are promises: neither callbacks
 * nor cursors are taken.
 */
export function createPool({ url, name, schema, logger, max = 10, metrics }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    options: `-c search_path=${schema},extensions,public ${keepalives}`,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5_000,
    // For a server that does not even say that: one that hangs, or that the network has swallowed.
    query_timeout: 6_000,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
    types: { getTypeParser },
  });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', (error) => logger.warn({ err: error }, 'an idle database connection broke'));
  limitPool(pool);
  tracePool(pool, name);
  if (metrics !== undefined) observePool(metrics, pool);
  return pool;
}

/**
 * Runs `work` on a connection of its own, outside any pool, and closes it. A connection that breaks meanwhile rejects
 * the statement at work, and does not end the process.
 */
export async function withClient<T>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionTimeoutMillis: 3_000, ...config });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const bigintOid = 20;

const getTypeParser: typeof pg.types.getTypeParser = ((oid: number, format?: 'text') =>
  oid === bigintOid ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser;

/**
 * Runs a transaction again, at once and at most four times, after a deadlock or a serialization failure. So the
 * transaction must have no effect outside the database.
 */
export const conflictRetry = retry(
  handleWhen((error) => hasDatabaseCode(error, '40P01', '40001', 'P2034')),
  { maxAttempts: 4, backoff: new ConstantBackoff(0) },
);

/**
 * Runs `work` in one transaction: all of it is committed, or none of it. What {@link conflictRetry} says of repeats
 * holds for `work`.
 */
export function withTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return conflictRetry.execute(() => inOneTransaction(pool, work));
}

async function inOneTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    // PostgreSQL answers so, and without an error, when `work` swallowed the error of one of its statements.
    if (command === 'ROLLBACK') throw new Error('The transaction had failed before and was not committed.');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is closed, which does it too.
    await client.query('ROLLBACK').catch((failure) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** What pg, Prisma and Prisma's adapter each keep of what PostgreSQL said. */
interface DatabaseError {
  readonly message: string;
  readonly code?: string;
  readonly originalCode?: string;
  readonly kind?: string;
  readonly constraint?: string;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** An error and what caused it: ORMs wrap the database's own. */
function causes(error: unknown): readonly DatabaseError[] {
  // Not `instanceof Error`: an error of Node's own (a refused connection) is of another realm in jest.
  if (typeof error !== 'object' || error === null) return [];
  const { cause, meta } = error as DatabaseError;
  return [error as DatabaseError, ...causes(cause), ...causes(meta?.driverAdapterError)];
}

const codesOf = (error: unknown) =>
  causes(error).flatMap(({ code, originalCode, kind }) => [code ?? '', originalCode ?? '', kind ?? '']);

/** True when an error, or what caused it, has one of these codes (SQLSTATE, or Prisma's own). */
export function hasDatabaseCode(error: unknown, ...codes: readonly string[]): boolean {
  return codesOf(error).some((code) => codes.includes(code));
}

/** True when PostgreSQL refused a row because of the named unique constraint or index. */
export function violates(error: unknown, constraint: string): boolean {
  return causes(error).some((cause) => cause.code === '23505' && cause.constraint === constraint);
}

/**
 * True when PostgreSQL refused the data itself (SQLSTATE classes 22, data exception, and 23, integrity constraint
 * violation): the same statement fails again, however often it is tried.
 */
export function databaseRefuses(error: unknown): boolean {
  return codesOf(error).some((code) => /^2[23][0-9A-Z]{3}$/.test(code));
}

const unavailableCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'OUTCOME_UNKNOWN',
  '08000', // connection exceptions
  '08001',
  '08003',
  '08004',
  '08006',
  '25006', // takes no writes: a standby, or set so
  '25P03', // a transaction took too long
  '25P04',
  '53000', // has no resources left: no space on the disk, no memory, too many connections, a limit
  '53100',
  '53200',
  '53300',
  '53400',
  '58000', // its machine fails: files cannot be read or written
  '58030',
  '40001', // could not be serialized, nor after several attempts
  '40P01', // the same of deadlocks
  '55P03', // no lock in time
  '57014', // no result in time
  '57P01', // shutting down
  '57P02',
  '57P03', // starting up
  'P1001', // the same in Prisma's words: cannot be reached,
  'P1017', // closed the connection,
  'P2024', // no connection in time,
  'P2028', // no transaction in time
  'DatabaseNotReachable', // the same in its adapter's words
  'ConnectionClosed',
  'SocketTimeout',
];
const unavailableMessages = new RegExp(
  'timeout exceeded when trying to connect|Connection terminated|Query read timeout|' +
    'Client has encountered a connection error',
);

/**
 * True when an error, or what caused it, says that the database cannot be reached now, not answer in time, or not write
 * for want of space or the right to.
 */
export function databaseIsUnavailable(error: unknown): boolean {
  return (
    hasDatabaseCode(error, ...unavailableCodes) ||
    causes(error).some(({ message }) => unavailableMessages.test(message))
  );
}
