import { flag, list, type Setting, text, validator } from '@shop/service-kit';
import { type KafkaConnectionOptions, type SaslMechanism, saslMechanisms } from './connection.ts';

export interface KafkaSettings {
  readonly kafkaBrokers: readonly string[];
  readonly kafkaPrefix: string;
  readonly kafkaTls: boolean;
  readonly kafkaUsername: string;
  readonly kafkaPassword: string;
  readonly kafkaSaslMechanism: SaslMechanism;
}

const mechanism = validator((input) => {
  const found = saslMechanisms.find((name) => name === input.toLowerCase());
  if (found === undefined) throw new Error(`must be one of ${saslMechanisms.join(', ')}, not "${input}"`);
  return found;
});

/**
 * KAFKA_BROKERS, KAFKA_PREFIX, KAFKA_TLS, KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM, for `readSettings`
 * with {@link kafkaFaults}. The authority of the brokers' certificates is one that Node trusts (NODE_EXTRA_CA_CERTS).
 * @param brokers how KAFKA_BROKERS is read: whether it has to be there
 */
export const kafkaSettings = (
  brokers: Setting<readonly string[]> = list({ default: [] }),
): { readonly [K in keyof KafkaSettings]: Setting<KafkaSettings[K]> } => ({
  kafkaBrokers: brokers,
  // Several shops may share a cluster.
  kafkaPrefix: text({ default: '' }),
  kafkaTls: flag({ default: false }),
  kafkaUsername: text({ default: '' }),
  kafkaPassword: text({ default: '' }),
  kafkaSaslMechanism: mechanism({ default: 'scram-sha-512' }),
});

/** What is wrong with {@link kafkaSettings} together. */
export function kafkaFaults({ kafkaUsername, kafkaPassword }: KafkaSettings): readonly string[] {
  const isWhole = (kafkaUsername === '') === (kafkaPassword === '');
  return isWhole ? [] : ['KAFKA_USERNAME and KAFKA_PASSWORD must both be set, or neither'];
}

/** How to connect by {@link kafkaSettings}. */
export function kafkaAccess(
  settings: KafkaSettings,
): Pick<KafkaConnectionOptions, 'brokers' | 'prefix' | 'tls' | 'user'> {
  const { kafkaBrokers: brokers, kafkaPrefix: prefix, kafkaTls: tls } = settings;
  const { kafkaUsername: username, kafkaPassword: password, kafkaSaslMechanism: mechanism } = settings;
  return { brokers, prefix, tls, ...(username !== '' && { user: { username, password, mechanism } }) };
}
