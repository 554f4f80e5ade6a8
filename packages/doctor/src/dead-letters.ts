import { createKafkaDeadLetters, createPostgresDeadLetters, type DeadLetters } from '@shop/messaging';
import { createLogger, createPool } from '@shop/service-kit';
import type { Shop } from './shop.ts';

/** The events that could not be handled, wherever the shop's bus keeps them. To be closed. */
export function openDeadLetters({
  kafka,
  databaseUrl: url,
}: Pick<Shop, 'kafka' | 'databaseUrl'>): DeadLetters {
  if (kafka !== undefined) return createKafkaDeadLetters(kafka);
  const name = 'doctor';
  const logger = createLogger({ name, level: 'silent' });
  return createPostgresDeadLetters(createPool({ url, name, schema: 'messaging', logger, max: 1 }));
}
