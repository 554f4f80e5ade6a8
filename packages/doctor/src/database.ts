import { withClient } from '@shop/service-kit';
import type pg from 'pg';

const statementLimitMs = 30_000;

/** Runs one statement, with `values` for its $1, $2 and so on. */
export type Read = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * Opens one connection that can only read: each statement is a transaction of its own, one moment of all schemas,
 * and ends after half a minute, so that no run holds back the database's own cleaning.
 */
export function withReader<T>(url: string, work: (read: Read) => Promise<T>): Promise<T> {
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: 'doctor',
    options: '-c default_transaction_read_only=on -c lock_timeout=2000',
    statement_timeout: statementLimitMs,
    query_timeout: statementLimitMs + 5_000,
    keepAlive: true,
  };
  return withClient(config, (client) =>
    work(async <Row>(text: string, values: readonly unknown[] = []) => {
      const { rows } = await client.query(text, [...values]);
      return rows as Row[];
    }),
  );
}

/** Reads page after page, until one is not full. @param next reads the page behind a row, or the first one. */
export async function forEachPage<Row>(
  size: number,
  next: (last: Row | undefined) => Promise<readonly Row[]>,
  work: (rows: readonly Row[]) => Promise<void> | void,
): Promise<void> {
  let last: Row | undefined;
  for (;;) {
    const rows = await next(last);
    await work(rows);
    last = rows.at(-1);
    if (rows.length < size) return;
  }
}
