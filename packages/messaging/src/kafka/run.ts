import {
  type Dependencies,
  type Environment,
  type Logger,
  list,
  readSettings,
  readTogether,
  runService,
  type Service,
  wholeNumber,
} from '@shop/service-kit';
import type { EventBus } from '../event-bus.ts';
import { kafkaAnswers } from './connection.ts';
import { createKafkaBus } from './kafka-bus.ts';
import { kafkaAccess, kafkaFaults, kafkaSettings } from './settings.ts';

export interface KafkaRunOptions<C> {
  /** The service's name, and Kafka's client id. */
  readonly name: string;
  readonly readConfig: (environment: Environment) => C;
  readonly createService: (config: C, deps: { readonly logger: Logger; readonly bus: EventBus }) => Service;
  readonly dependencies?: (config: C) => Dependencies;
}

/**
 * Runs one service as this process, with its events on the Kafka of KAFKA_BROKERS; see {@link runService}. It waits
 * for a broker to answer, and ends with exit code 1 when a consumer has stopped for good.
 */
export function runServiceOnKafka<C>(host: NodeJS.Process, options: KafkaRunOptions<C>): Promise<void> {
  const { name, readConfig, createService, dependencies } = options;
  return runService(host, {
    name,
    readConfig: (environment) => readTogether(environment, { own: readConfig, kafka: readKafkaSettings }),
    dependencies: ({ own, kafka }) => ({
      ...dependencies?.(own),
      Kafka: () => kafkaAnswers(kafkaAccess(kafka)),
    }),
    createService: ({ own, kafka }, logger, fail) => {
      const bus = createKafkaBus({ ...kafkaBusOptions(kafka), clientId: name, logger, onCrash: fail });
      const service = createService(own, { logger, bus });
      return {
        start: async () => {
          await bus.connect();
          return service.start();
        },
        stop: async () => {
          await service.stop();
          await bus.close();
        },
      };
    },
  });
}

/**
 * The settings of Kafka that {@link runServiceOnKafka} reads.
 * @throws ConfigError naming everything that is missing or wrong
 */
export const readKafkaSettings = (environment: Environment) =>
  readSettings(
    environment,
    {
      ...kafkaSettings(list({ desc: 'host:port of some brokers, separated by commas' })),
      // Of topics that are created; 0 leaves them to the number of brokers.
      kafkaReplicationFactor: wholeNumber({ default: 0 }),
      kafkaMinInsyncReplicas: wholeNumber({ default: 0 }),
      kafkaSessionTimeoutMs: wholeNumber({ default: 15_000 }),
    },
    kafkaFaults,
  );

/** Of a bus on the Kafka of these settings. */
export const kafkaBusOptions = (settings: ReturnType<typeof readKafkaSettings>) => ({
  ...kafkaAccess(settings),
  replicationFactor: settings.kafkaReplicationFactor || undefined,
  minInsyncReplicas: settings.kafkaMinInsyncReplicas || undefined,
  sessionMs: settings.kafkaSessionTimeoutMs,
});
