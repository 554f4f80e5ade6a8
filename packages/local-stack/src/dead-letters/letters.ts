import {
  createDeadLetterStore,
  createKafkaDeadLetters,
  type DeadLettersDone,
  type KafkaDeadLetterList,
} from '@shop/messaging';
import { createLogger, createPool, type Environment, list, readSettings, text } from '@shop/service-kit';
import type pg from 'pg';
import { createStackDatabase } from '../database.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

/** Of either bus; the embedded one's are told as Kafka's are. */
export interface Letters {
  /** How many there are, and the oldest of them. */
  list(): Promise<KafkaDeadLetterList>;
  /** Asks for letters to be handed over again; all of them without ids. */
  redrive(ids?: readonly string[]): Promise<DeadLettersDone>;
  /** Drops letters for good. */
  discard(ids: readonly string[]): Promise<DeadLettersDone>;
  close(): Promise<void>;
}

/** The dead letters of the shop that this environment speaks of. */
export async function openLetters(environment: Environment, workingDir: string): Promise<Letters> {
  const { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix } = readSettings(environment, {
    KAFKA_BROKERS: list({ default: [] }),
    KAFKA_PREFIX: text({ default: '' }),
  });
  if (brokers.length > 0) return lettersOfKafka(brokers, prefix);
  const settings = readStackSettings(environment, workingDir);
  const url = createStackDatabase(settings, await keepSecrets(settings.dataDir)).url('messaging');
  const logger = silent();
  return lettersOfPool(createPool({ url, name: 'dead-letters', schema: 'messaging', logger, max: 1 }));
}

const silent = () => createLogger({ name: 'dead-letters', level: 'silent' });

function lettersOfKafka(brokers: readonly string[], prefix: string): Letters {
  const logger = silent();
  const letters = createKafkaDeadLetters({ brokers, prefix, clientId: 'dead-letters', logger });
  return { ...letters, list: letters.overview, close: async () => {} };
}

/** Closes the pool. */
export function lettersOfPool(pool: pg.Pool): Letters {
  const store = createDeadLetterStore(pool);
  const count = async (condition: string, values: unknown[] = []) => {
    const question = `SELECT count(*)::int AS count FROM dead_letters WHERE ${condition}`;
    return (await pool.query<{ count: number }>(question, values)).rows[0]?.count ?? 0;
  };
  return {
    list: async () => ({
      total: await count('true'),
      letters: (await store.list()).map((letter) => ({
        ...letter,
        id: String(letter.id),
        failedAt: letter.failedAt.toISOString(),
        times: 1,
      })),
    }),
    redrive: async (ids) =>
      ids === undefined
        ? { count: await store.requestRedrive(), refused: [] }
        : eachOf(ids, async (id) => (await store.requestRedrive([id])) > 0),
    discard: (ids) =>
      eachOf(ids, async (id) => {
        const isThere = (await count('id = $1', [id])) > 0;
        if (isThere) await store.remove(id);
        return isThere;
      }),
    close: () => pool.end(),
  };
}

async function eachOf(
  ids: readonly string[],
  work: (id: number) => Promise<boolean>,
): Promise<DeadLettersDone> {
  let count = 0;
  const refused: { id: string; why: string }[] = [];
  for (const id of new Set(ids)) {
    if (/^\d{1,15}$/.test(id) && (await work(Number(id)))) count++;
    else refused.push({ id, why: 'there is no such dead letter' });
  }
  return { count, refused };
}
