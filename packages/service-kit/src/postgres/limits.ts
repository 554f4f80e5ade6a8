import { AsyncResource } from 'node:async_hooks';
import type pg from 'pg';
import { databaseTime } from '../tracing/trace.ts';

/** A request's time for the database is over, or the server has stopped answering on this connection. */
export class DatabaseTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseTimeoutError';
  }
}

const timeIsOver = () =>
  new DatabaseTimeoutError("The time of this request for the database's answers is over.");

type Callback = (error: unknown, ...results: unknown[]) => void;
type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, release?: () => void) => void;
/** pg's `query`, in any of its forms. */
export type Query = (...args: unknown[]) => unknown;

/**
 * Makes a pool's connections survive and obey: errors of a connection never end the process, a connection on which a
 * statement had no answer in time is given no further one (not even a ROLLBACK, which would wait behind it), and all
 * that an HTTP request waits for the database, connections included, has one limit (see {@link databaseTime}).
 */
export function limitPool(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    // The caller that waits for this connection gets it one tick later. Until then nothing else listens.
    client.on('error', () => {});
    limitClient(client);
  });
  const connect = pool.connect.bind(pool) as unknown as (callback: Connected) => void;
  const connectInTime = (callback: Connected) => {
    const time = databaseTime();
    // A pool calls back in the context of the caller that returns a connection.
    const answer = AsyncResource.bind(callback);
    if (time === undefined) return connect(answer);
    if (time.leftMs <= 0) return process.nextTick(answer, timeIsOver());
    const startedAt = performance.now();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      time.leftMs = 0;
      answer(timeIsOver(), undefined, () => {});
    }, time.leftMs);
    connect((error, client, release) => {
      if (late) return release?.();
      clearTimeout(timer);
      time.leftMs -= performance.now() - startedAt;
      answer(error, client, release);
    });
  };
  pool.connect = ((callback?: Connected) => {
    if (callback !== undefined) return connectInTime(callback);
    return new Promise((resolve, reject) => {
      connectInTime((error, client) => (client ? resolve(client) : reject(error)));
    });
  }) as typeof pool.connect;
}

function limitClient(client: pg.PoolClient): void {
  const query = client.query.bind(client) as unknown as Query;
  let unanswered: unknown;

  const run = (args: unknown[]): unknown => {
    const [statement, values] = args;
    const time = databaseTime();
    if (unanswered !== undefined) {
      return refuse(args, new DatabaseTimeoutError('The connection is broken.', { cause: unanswered }));
    }
    if (time !== undefined && time.leftMs <= 0) return refuse(args, timeIsOver());
    const startedAt = performance.now();
    const limited = time === undefined ? statement : withLimit(statement, time.leftMs);
    return whenDone(query, [limited, values, args[2]], (error) => {
      if (time !== undefined) time.leftMs -= performance.now() - startedAt;
      if (isUnanswered(error)) unanswered = error;
    });
  };

  client.query = ((...args: unknown[]) =>
    isRunnable(args[0]) ? query(...args) : run(args)) as unknown as typeof client.query;
}

/** A query object (a cursor, say) runs itself. */
const isRunnable = (statement: unknown) => typeof (statement as { submit?: unknown }).submit === 'function';

const withLimit = (statement: unknown, leftMs: number) => ({
  ...(typeof statement === 'string' ? { text: statement } : (statement as object)),
  query_timeout: Math.ceil(leftMs),
});

/** In pg's own words; it has no code for it. */
const isUnanswered = (error: unknown) => (error as Error | undefined)?.message === 'Query read timeout';

/** Runs a query, in either of pg's two styles, and tells how it ended before the caller knows. */
export function whenDone(query: Query, args: unknown[], done: (error: unknown) => void): unknown {
  const position = args.findLastIndex((argument) => typeof argument === 'function');
  if (position < 0) {
    const result = query(...args) as Promise<unknown>;
    result.then(() => done(undefined), done);
    return result;
  }
  const callback = args[position] as Callback;
  const answer: Callback = (error, ...results) => {
    done(error ?? undefined);
    callback(error, ...results);
  };
  return query(...args.slice(0, position), AsyncResource.bind(answer));
}

function refuse(args: unknown[], error: Error): unknown {
  const callback = args.findLast((argument) => typeof argument === 'function') as Callback | undefined;
  if (callback === undefined) return Promise.reject(error);
  return process.nextTick(callback, error);
}
