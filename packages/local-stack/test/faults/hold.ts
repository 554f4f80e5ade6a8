import { waitFor } from '@shop/testing';
import type { World } from './world.ts';

export interface Held {
  /** Resolves when a statement waits there. */
  untilHeld(): Promise<unknown>;
  /** What waits goes on. */
  goOn(): Promise<void>;
  /** What waits is rolled back, as its client is gone. */
  drop(): Promise<void>;
}

const lock = 4_711;

const triggers = {
  INSERT: (table: string) => `CREATE TRIGGER hold BEFORE INSERT ON ${table}`,
  UPDATE: (table: string) => `CREATE TRIGGER hold BEFORE UPDATE ON ${table}`,
  /** Of a transaction that inserts. Its client has said the last word: when it goes on, it is committed, client or not. */
  COMMIT: (table: string) =>
    `CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ${table} DEFERRABLE INITIALLY DEFERRED`,
};

/** Holds whatever changes a table, so that a process can be killed at that very point. */
export function withHeld(
  world: World,
  { table, on }: { readonly table: string; readonly on: keyof typeof triggers },
  work: (held: Held) => Promise<void>,
): Promise<void> {
  return world.asSuperuser(async (client) => {
    const waiting = `FROM pg_locks WHERE locktype = 'advisory' AND objid = ${lock} AND NOT granted`;
    await client.query(`CREATE OR REPLACE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock_shared(${lock}); RETURN NEW; END $$`);
    await client.query(`SELECT pg_advisory_lock(${lock})`);
    await client.query(`${triggers[on](table)} FOR EACH ROW EXECUTE FUNCTION public.hold()`);
    const goOn = async () => {
      await client.query('SELECT pg_advisory_unlock_all()');
      await client.query(`DROP TRIGGER hold ON ${table}`);
    };
    await work({
      untilHeld: () =>
        waitFor(async () => (await client.query(`SELECT ${waiting}`)).rowCount, {
          what: `${on} on ${table} to be held`,
        }),
      goOn,
      drop: async () => {
        await client.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
        await goOn();
      },
    });
  });
}

/** While no relay of a schema can send. */
export function withoutRelay(
  world: World,
  schema: 'catalog' | 'orders',
  work: (letGo: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const relayLock = `hashtextextended('outbox relay ${schema}', 0)`;
  return world.asSuperuser(async (client) => {
    const taken = client.query(`SELECT pg_advisory_lock(${relayLock})`);
    await world.asSuperuser((other) =>
      other.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
         AND (classid::bigint << 32 | objid::bigint) = ${relayLock}`,
      ),
    );
    await taken;
    await work(async () => void (await client.query('SELECT pg_advisory_unlock_all()')));
  });
}
