import { type Environment, port, readSettings, text, url } from '@shop/service-kit';

/**
 * Settings from the environment; WEBHOOK_SECRET may also come from the file that WEBHOOK_SECRET_FILE names.
 * @throws ConfigError that names every setting that is missing or wrong
 */
export const readConfig = (environment: Environment) =>
  readSettings(environment, {
    port: port({ default: 12_111 }),
    host: text({ default: '127.0.0.1' }),
    fakeStripeData: text({ desc: 'the file that keeps the state' }),
    webhookUrl: url({ desc: 'where events are sent' }),
    webhookSecret: text({ desc: 'what the receiver verifies signatures with, whsec_…' }),
  });
