import { kafkaBusOptions, readKafkaSettings } from '@shop/messaging';
import { type Environment, readSettings, readTogether, text } from '@shop/service-kit';
import type { AccessOptions } from './give-access.ts';

const readPasswords = (environment: Environment) =>
  readSettings(environment, {
    catalogServicePassword: text({ default: '' }),
    orderServicePassword: text({ default: '' }),
    paymentServicePassword: text({ default: '' }),
    doctorPassword: text({ default: '' }),
    operatorPassword: text({ default: '' }),
  });

/**
 * The settings of the command; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readAccessSettings(environment: Environment): Omit<AccessOptions, 'clientId' | 'logger'> {
  const { kafka, passwords } = readTogether(environment, {
    kafka: readKafkaSettings,
    passwords: readPasswords,
  });
  return {
    ...kafkaBusOptions(kafka),
    passwords: {
      catalog_service: passwords.catalogServicePassword || undefined,
      order_service: passwords.orderServicePassword || undefined,
      payment_service: passwords.paymentServicePassword || undefined,
      doctor: passwords.doctorPassword || undefined,
      operator: passwords.operatorPassword || undefined,
    },
  };
}
