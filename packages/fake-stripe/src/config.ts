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
    port: port({ default: 12_111 }),
    host: text({ default: '127.0.0.1' }),
    fakeStripeData: text({ desc: 'the file that keeps the state' }),
    webhookUrl: url({ desc: 'where events are sent' }),
    webhookSecret: text({ desc: 'what the receiver verifies signatures with, whsec_…' }),
  });
  return {
    port: settings.port,
    host: settings.host,
    dataFile: settings.fakeStripeData,
    webhook: { url: settings.webhookUrl, secret: settings.webhookSecret },
  };
}
