import { readSettings } from '@shop/service-kit';
import { kafkaAccess, kafkaFaults, kafkaSettings } from '../src/kafka/settings.ts';

const read = (environment: Record<string, string>) =>
  kafkaAccess(readSettings(environment, kafkaSettings(), kafkaFaults));

it('is nobody in particular, and in the clear, unless it is told', () => {
  expect(read({ KAFKA_BROKERS: 'a:1, b:2' })).toEqual({ brokers: ['a:1', 'b:2'], prefix: '', tls: false });
});

it('is the user that it is told to be', () => {
  const told = { KAFKA_BROKERS: 'a:1', KAFKA_TLS: '1', KAFKA_USERNAME: 'order_service', KAFKA_PASSWORD: 'x' };
  expect(read(told)).toMatchObject({
    tls: true,
    user: { username: 'order_service', password: 'x', mechanism: 'scram-sha-512' },
  });
  expect(read({ ...told, KAFKA_SASL_MECHANISM: 'PLAIN' }).user?.mechanism).toBe('plain');
  expect(() => read({ ...told, KAFKA_SASL_MECHANISM: 'GSSAPI' })).toThrow(
    'KAFKA_SASL_MECHANISM must be one of scram-sha-512, scram-sha-256, plain, not "GSSAPI"',
  );
});

it.each<Record<string, string>>([{ KAFKA_USERNAME: 'order_service' }, { KAFKA_PASSWORD: 'x' }])(
  'takes no half a user: %j',
  (half) => {
    expect(() => read(half)).toThrow('KAFKA_USERNAME and KAFKA_PASSWORD must both be set, or neither');
  },
);
