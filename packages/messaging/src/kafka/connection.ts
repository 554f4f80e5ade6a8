import type { Logger } from '@shop/service-kit';
import { type ISocketFactory, Kafka, logLevel, type SASLOptions } from 'kafkajs';

export type KafkaConnection = ReturnType<typeof createKafkaConnection>;

/** `plain` sends the password as it is: for brokers that have nothing else, and only by TLS. */
export const saslMechanisms = ['scram-sha-512', 'scram-sha-256', 'plain'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

export interface KafkaUser {
  readonly username: string;
  readonly password: string;
  readonly mechanism: SaslMechanism;
}

export interface KafkaAccess {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[];
  /** The brokers' certificates must be of an authority that Node trusts, and of their host names. */
  readonly tls?: boolean | undefined;
  /** Who connects, by SASL; without it nobody in particular. */
  readonly user?: KafkaUser | undefined;
}

export interface KafkaConnectionOptions extends KafkaAccess {
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
  const { clientId, logger, prefix = '', socketFactory } = options;
  const kafka = new Kafka({
    ...accessOf(options),
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

const accessOf = ({ brokers, tls = false, user }: KafkaAccess) => ({
  brokers: [...brokers],
  ssl: tls,
  // Its type wants to know which of them it is.
  ...(user && { sasl: user as SASLOptions }),
});

/** A dependency: resolves when one of the brokers answers, and knows the user. */
export async function kafkaAnswers(access: KafkaAccess): Promise<void> {
  const kafka = new Kafka({
    ...accessOf(access),
    connectionTimeout: 3_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.disconnect();
}
