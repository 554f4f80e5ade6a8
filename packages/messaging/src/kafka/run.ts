import {
  type Dependencies,
  type Environment,
  type Logger,
  list,
  readSettings,
  readTogether,
  runService,
  type Service,
  text,
  wholeNumber,
} from '@shop/service-kit';
import type { EventBus } from '../event-bus.ts';
import { kafkaAnswers } from './connection.ts';
import { createKafkaBus } from './kafka-bus.ts';

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
      Kafka: () => kafkaAnswers(kafka.kafkaBrokers),
    }),
    createService: ({ own, kafka }, logger, fail) => {
      const bus = createKafkaBus({ ...busOptions(kafka), clientId: name, logger, onCrash: fail });
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

const readKafkaSettings = (environment: Environment) =>
  readSettings(environment, {
    kafkaBrokers: list({ desc: 'host:port of some brokers, separated by commas' }),
    // Several shops may share a cluster.
    kafkaPrefix: text({ default: '' }),
    // Of topics that are created; 0 leaves them to the number of brokers.
    kafkaReplicationFactor: wholeNumber({ default: 0 }),
    kafkaMinInsyncReplicas: wholeNumber({ default: 0 }),
  });

const busOptions = (settings: ReturnType<typeof readKafkaSettings>) => ({
  brokers: settings.kafkaBrokers,
  prefix: settings.kafkaPrefix,
  replicationFactor: settings.kafkaReplicationFactor || undefined,
  minInsyncReplicas: settings.kafkaMinInsyncReplicas || undefined,
});
