import type { TestDatabase } from './test-database.ts';
import { waitFor } from './wait-for.ts';

interface ScanOptions {
  readonly sql: TestDatabase['sql'];
  /** A table of more than `manyRows` rows, which is gone through on purpose after the work: it is always among the result. */
  readonly witness: string;
  readonly manyRows: number;
}

/** The tables of which more than so many rows were read without an index (PostgreSQL's `seq_tup_read`) during the work. */
export async function tablesScanned(
  { sql, witness, manyRows }: ScanOptions,
  work: () => Promise<void>,
): Promise<string[]> {
  const before = await rowsScanned(sql);
  await work();
  await sql(`SELECT count(witness.*) FROM ${witness} AS witness`);
  await endOtherConnections(sql);
  const scanned = async () =>
    [...(await rowsScanned(sql))]
      .filter(([table, read]) => read - (before.get(table) ?? 0) > manyRows)
      .map(([table]) => table);
  await waitFor(async () => (await scanned()).includes(witness));
  return scanned();
}

/** PostgreSQL adds up the figures of a connection when it ends, or else up to ten seconds after its last statement. */
async function endOtherConnections(sql: TestDatabase['sql']): Promise<void> {
  const others = `pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    AND pid <> pg_backend_pid()`;
  const ended = await sql<{ pid: number }>(`SELECT pid, pg_terminate_backend(pid) FROM ${others}`);
  const pids = ended.map(({ pid }) => pid);
  await waitFor(async () => {
    const left = await sql('SELECT FROM pg_stat_activity WHERE pid = ANY ($1::int[])', [pids]);
    return left.length === 0;
  });
}

async function rowsScanned(sql: TestDatabase['sql']): Promise<Map<string, number>> {
  const rows = await sql<{ table: string; read: number }>(
    'SELECT relname AS table, seq_tup_read::int AS read FROM pg_stat_user_tables',
  );
  return new Map(rows.map(({ table, read }) => [table, read]));
}
