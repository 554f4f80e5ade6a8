import { createDeadLetterStore, createKafkaDeadLetters, type WireEvent } from '@shop/messaging';
import { createLogger, createPool, type Environment, list, readSettings, text } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

export interface Letter {
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly failedAt: string;
  readonly event: WireEvent;
}

export interface Letters {
  /** Oldest first. */
  list(): Promise<readonly Letter[]>;
  /** Asks for letters to be handed over again; all of them without ids. @returns how many. */
  redrive(ids?: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** The dead letters of the shop that this environment speaks of. */
export async function openLetters(environment: Environment, workingDir: string): Promise<Letters> {
  const { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix } = readSettings(environment, {
    KAFKA_BROKERS: list({ default: [] }),
    KAFKA_PREFIX: text({ default: '' }),
  });
  return brokers.length > 0 ? lettersOfKafka(brokers, prefix) : lettersOfStack(environment, workingDir);
}

const silent = () => createLogger({ name: 'dead-letters', level: 'silent' });

function lettersOfKafka(brokers: readonly string[], prefix: string): Letters {
  const logger = silent();
  const letters = createKafkaDeadLetters({ brokers, prefix, clientId: 'dead-letters', logger });
  return { ...letters, close: async () => {} };
}

async function lettersOfStack(environment: Environment, workingDir: string): Promise<Letters> {
  const settings = readStackSettings(environment, workingDir);
  const url = createStackDatabase(settings, await keepSecrets(settings.dataDir)).url('messaging');
  const pool = createPool({ url, name: 'dead-letters', schema: 'messaging', logger: silent(), max: 1 });
  const store = createDeadLetterStore(pool);
  return {
    list: async () =>
      (await store.list()).map((letter) => ({
        ...letter,
        id: String(letter.id),
        failedAt: letter.failedAt.toISOString(),
      })),
    redrive: (ids) => store.requestRedrive(ids?.map(Number)),
    close: () => pool.end(),
  };
}
