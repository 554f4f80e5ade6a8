import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Charge, Dispute, PaymentIntent, Refund, StripeEvent } from './objects.ts';
import type { Params } from './params.ts';

/** The first reply to the request with an idempotency key. */
export interface StoredReply {
  readonly path: string;
  readonly params: Params;
  readonly status: number;
  readonly body: object;
}

const createTables = () => ({
  payment_intents: new Map<string, PaymentIntent>(),
  charges: new Map<string, Charge>(),
  refunds: new Map<string, Refund>(),
  disputes: new Map<string, Dispute>(),
  events: new Map<string, StripeEvent>(),
  /** Those that the webhook endpoints have not accepted yet. */
  unsent_events: new Map<string, StripeEvent>(),
  /** By idempotency key. */
  replies: new Map<string, StoredReply>(),
});

type Tables = ReturnType<typeof createTables>;
type Table = keyof Tables;
type Row<T extends Table> = Parameters<Tables[T]['set']>[1];
type Write = readonly [table: Table, id: string, row: Row<Table> | null];

export type State = ReturnType<typeof createState>;

/**
 * All payments, in memory and in a journal. A request puts its rows and then commits them, without an `await` between:
 * they become one line of the journal, which is written before the reply and so survives `kill -9`.
 */
export function createState(file: string | undefined) {
  const tables = createTables();
  let uncommitted: Write[] = [];

  const apply = ([name, id, row]: Write) => {
    // The journal of an earlier release has tables that are not needed any more.
    const table = tables[name] as Map<string, Row<Table>> | undefined;
    if (row === null) table?.delete(id);
    else table?.set(id, row);
  };
  const rows = (): Write[] =>
    Object.entries(tables).flatMap(([name, table]) =>
      [...table].map(([id, row]): Write => [name as Table, id, row]),
    );

  return {
    ...tables,
    /** Sets a row; null removes it. */
    put<T extends Table>(table: T, id: string, row: Row<T> | null) {
      apply([table, id, row]);
      uncommitted.push([table, id, row]);
    },
    commit() {
      if (file !== undefined && uncommitted.length > 0) appendFileSync(file, lineOf(uncommitted));
      uncommitted = [];
    },
    /** Reads the journal and rewrites it without the rows that were replaced. Without a file nothing changes. */
    open() {
      if (file === undefined) return;
      for (const table of Object.values(tables)) table.clear();
      for (const write of readJournal(file)) apply(write);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.tmp`, lineOf(rows()), { mode: 0o600 });
      renameSync(`${file}.tmp`, file);
    },
  };
}

const lineOf = (writes: readonly Write[]) => `${JSON.stringify(writes)}\n`;

function readJournal(file: string): Write[] {
  if (!existsSync(file)) return [];
  // Every complete line ends with a newline: a kill may have left part of one after the last.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((line, index) => {
    try {
      return JSON.parse(line) as Write[];
    } catch (cause) {
      const message = `${file}:${index + 1} is not a line of the journal; move the file to start without payments`;
      throw new Error(message, { cause });
    }
  });
}
