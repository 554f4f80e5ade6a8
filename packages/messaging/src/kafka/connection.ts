import type { Logger } from '@shop/service-kit';
import { type ISocketFactory, Kafka, logLevel } from 'kafkajs';

export type KafkaConnection = ReturnType<typeof createKafkaConnection>;

export interface KafkaConnectionOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[];
  /** The service's name, in the broker's logs and quotas. */
  readonly clientId: string;
  readonly logger: Logger;
  /** Put before every topic and group, for shops and tests that share a cluster. */
  readonly prefix?: string;
  /** For tests: connections that can be cut. */
  readonly socketFactory?: ISocketFactory;
}

/** KafkaJS with limits on everything that would otherwise wait for ever, and with its log in ours. */
export function createKafkaConnection(options: KafkaConnectionOptions) {
  const { brokers, clientId, logger, prefix = '', socketFactory } = options;
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    ...(socketFactory && { socketFactory }),
    connectionTimeout: 3_000,
    // A broker that vanished without a word; who joins or fetches waits as long as that takes.
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, ...details } = entry.log;
      // It reports as errors what it then tries again; what really fails reaches us as a rejection or as CRASH.
      logger.warn(
        { kafka: { namespace: entry.namespace, broker: details['broker'], error: details['error'] } },
        message,
      );
    },
  });
  return {
    kafka,
    logger,
    /** The real name of a topic or group. */
    nameOf: (name: string) => `${prefix}${name}`,
  };
}

/** A dependency: resolves when one of the brokers answers. */
export async function kafkaAnswers(brokers: readonly string[]): Promise<void> {
  const kafka = new Kafka({
    brokers: [...brokers],
    connectionTimeout: 3_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.disconnect();
}
