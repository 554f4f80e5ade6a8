import { type Environment, port, readSettings, text } from '@shop/service-kit';

/** @throws ConfigError that names every setting that is wrong */
export const readConfig = (environment: Environment) =>
  readSettings(environment, {
    port: port({ default: 8025 }),
    smtpPort: port({ default: 1025 }),
    host: text({ default: '127.0.0.1' }),
  });
