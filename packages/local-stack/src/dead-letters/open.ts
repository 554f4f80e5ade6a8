import {
  createKafkaDeadLetters,
  createPostgresDeadLetters,
  type DeadLetters,
  kafkaAccess,
  kafkaFaults,
  kafkaSettings,
} from '@shop/messaging';
import { createLogger, createPool, type Environment, readSettings } from '@shop/service-kit';
import { createStackDatabase } from '../database.ts';
import { keepSecrets } from '../secrets.ts';
import { readStackSettings } from '../settings.ts';

/** The dead letters of the shop that this environment speaks of. */
export async function openDeadLetters(environment: Environment, workingDir: string): Promise<DeadLetters> {
  const kafka = kafkaAccess(readSettings(environment, kafkaSettings(), kafkaFaults));
  const name = 'dead-letters';
  const logger = createLogger({ name, level: 'silent' });
  if (kafka.brokers.length > 0) return createKafkaDeadLetters({ ...kafka, clientId: name, logger });
  const settings = readStackSettings(environment, workingDir);
  const url = createStackDatabase(settings, await keepSecrets(settings.dataDir)).url('messaging');
  return createPostgresDeadLetters(createPool({ url, name, schema: 'messaging', logger, max: 1 }));
}
