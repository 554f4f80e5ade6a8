import { type KafkaConnectionOptions, kafkaAccess, kafkaFaults, kafkaSettings } from '@shop/messaging';
import { createLogger, databaseSettings, type Environment, readSettings, text, url } from '@shop/service-kit';
import type { StripeAccount } from './payments.ts';
import type { SearchIndexOptions } from './search-index.ts';

/** Where all that is of a shop is. */
export interface Shop {
  /** Of a role that may read the schemas `catalog`, `orders` and, without a Kafka, `messaging`. */
  readonly databaseUrl: string;
  /** Without it the history of an order alone says what was paid. */
  readonly stripe?: StripeAccount | undefined;
  /** Without it events stay within one process. */
  readonly kafka?: KafkaConnectionOptions | undefined;
  /** Without it search is on PostgreSQL, and always up to date. */
  readonly search?: SearchIndexOptions | undefined;
}

/**
 * The shop that the settings name, by the names that its services know.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readShop(environment: Environment): Shop {
  const settings = readSettings(
    environment,
    {
      ...databaseSettings,
      stripeSecretKey: text({ default: '' }),
      stripeApiUrl: url({ default: 'https://api.stripe.com' }),
      ...kafkaSettings(),
      elasticsearchUrl: url({ default: '' }),
      elasticsearchApiKey: text({ default: '' }),
      elasticsearchIndex: text({ default: 'products' }),
    },
    kafkaFaults,
  );
  const { databaseUrl, stripeSecretKey: secretKey, stripeApiUrl: apiUrl } = settings;
  const { elasticsearchUrl, elasticsearchApiKey, elasticsearchIndex } = settings;
  const kafka = kafkaAccess(settings);
  const logger = createLogger({ name: 'doctor', level: 'silent' });
  const isOnKafka = kafka.brokers.length > 0;
  return {
    databaseUrl,
    ...(secretKey !== '' && { stripe: { secretKey, apiUrl } }),
    ...(isOnKafka && { kafka: { ...kafka, clientId: 'doctor', logger } }),
    // Without Kafka the search engine would not learn of changes, and is not used.
    ...(isOnKafka &&
      elasticsearchUrl !== '' && {
        search: { url: elasticsearchUrl, apiKey: elasticsearchApiKey, name: elasticsearchIndex },
      }),
  };
}
