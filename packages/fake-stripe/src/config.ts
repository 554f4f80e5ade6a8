import { type Environment, port, readSettings, text, url } from '@shop/service-kit';

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataFile: string;
  readonly webhook: { readonly url: string; readonly secret: string };
}

/**
 * Settings from the environment; WEBHOOK_SECRET may also come from the file that WEBHOOK_SECRET_FILE names.
 * @throws ConfigError that names every setting that is missing or wrong
 */
export function readConfig(environment: Environment): Config {
  const settings = readSettings(environment, {
    PORT: port({ default: 12_111 }),
    HOST: text({ default: '127.0.0.1' }),
    FAKE_STRIPE_DATA: text({ desc: 'the file that keeps the state' }),
    WEBHOOK_URL: url({ desc: 'where events are sent' }),
    WEBHOOK_SECRET: text({ desc: 'what the receiver verifies signatures with, whsec_…' }),
  });
  return {
    port: settings.PORT,
    host: settings.HOST,
    dataFile: settings.FAKE_STRIPE_DATA,
    webhook: { url: settings.WEBHOOK_URL, secret: settings.WEBHOOK_SECRET },
  };
}
