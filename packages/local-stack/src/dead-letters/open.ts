import { createKafkaDeadLetters, createPostgresDeadLetters, type DeadLetters } from '@shop/messaging';
import { createLogger, createPool, type Environment, list, readSettings, text } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

/** The dead letters of the shop that this environment speaks of. */
export async function openDeadLetters(environment: Environment, workingDir: string): Promise<DeadLetters> {
  const { kafkaBrokers: brokers, kafkaPrefix: prefix } = readSettings(environment, {
    kafkaBrokers: list({ default: [] }),
    kafkaPrefix: text({ default: '' }),
  });
  const name = 'dead-letters';
  const logger = createLogger({ name, level: 'silent' });
  if (brokers.length > 0) return createKafkaDeadLetters({ brokers, prefix, clientId: name, logger });
  const settings = readStackSettings(environment, workingDir);
  const url = createStackDatabase(settings, await keepSecrets(settings.dataDir)).url('messaging');
  return createPostgresDeadLetters(createPool({ url, name, schema: 'messaging', logger, max: 1 }));
}
