import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unixNow } from './ids.ts';
import { createMemoryJournal, type Journal, openJournal, readJournal, rewriteJournal } from './journal.ts';
import type { Charge, PaymentIntent, Refund, StripeEvent } from './objects.ts';

/** What an idempotency key was first answered with. */
export interface StoredReply {
  readonly fingerprint: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: object;
  readonly created: number;
}

/** A webhook that its endpoint has not yet accepted. */
export interface Delivery {
  readonly event: string;
  /** Position among the configured endpoints, so that an endpoint may move to another address. */
  readonly endpoint: number;
}

interface Rows {
  payment_intents: PaymentIntent;
  charges: Charge;
  refunds: Refund;
  events: StripeEvent;
  replies: StoredReply;
  deliveries: Delivery;
}

type Table = keyof Rows;
export type Tables = { readonly [T in Table]: ReadonlyMap<string, Rows[T]> };

/** One row set, or removed when the row is null. */
export type Write = { [T in Table]: readonly [table: T, id: string, row: Rows[T] | null] }[Table];

const KEEP_REPLIES_S = 24 * 3600;
const KEEP_EVENTS_S = 30 * 24 * 3600;

/**
 * All that Stripe knows, in memory, with a journal under it. `commit` is atomic: its writes are one
 * journal entry. Readers see a commit at once, so every reply waits for `synced()`.
 */
export interface State {
  readonly tables: Tables;
  commit(writes: readonly Write[]): void;
  synced(): Promise<void>;
  /** Reads and compacts the file. Without one, whatever is in memory stays. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export function createState(file: string | undefined): State {
  const tables = emptyTables();
  let journal: Journal = createMemoryJournal();
  return {
    tables,
    commit(writes) {
      if (writes.length === 0) return;
      apply(tables, writes);
      journal.append(writes);
    },
    synced: () => journal.synced(),
    async open() {
      if (file === undefined) return;
      await mkdir(dirname(file), { recursive: true });
      for (const table of Object.values(tables)) table.clear();
      for (const writes of await readJournal(file)) apply(tables, writes as Write[]);
      forgetOld(tables, unixNow());
      await rewriteJournal(file, snapshot(tables));
      journal = await openJournal(file);
    },
    close: () => journal.close(),
  };
}

export function isExpired(reply: StoredReply, now: number): boolean {
  return reply.created + KEEP_REPLIES_S <= now;
}

function emptyTables() {
  return {
    payment_intents: new Map<string, PaymentIntent>(),
    charges: new Map<string, Charge>(),
    refunds: new Map<string, Refund>(),
    events: new Map<string, StripeEvent>(),
    replies: new Map<string, StoredReply>(),
    deliveries: new Map<string, Delivery>(),
  };
}

function apply(tables: ReturnType<typeof emptyTables>, writes: readonly Write[]): void {
  for (const [name, id, row] of writes) {
    const table = tables[name] as Map<string, unknown>;
    if (row === null) table.delete(id);
    else table.set(id, row);
  }
}

function forgetOld(tables: ReturnType<typeof emptyTables>, now: number): void {
  for (const [key, reply] of tables.replies) if (isExpired(reply, now)) tables.replies.delete(key);
  const owed = new Set([...tables.deliveries.values()].map((delivery) => delivery.event));
  for (const [id, event] of tables.events) {
    if (event.created + KEEP_EVENTS_S <= now && !owed.has(id)) tables.events.delete(id);
  }
}

function* snapshot(tables: Tables): Generator<[string, string, unknown][]> {
  for (const [name, table] of Object.entries(tables)) {
    for (const [id, row] of table) yield [[name, id, row]];
  }
}
