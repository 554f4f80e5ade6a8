import { type Environment, port, readSettings, text, url } from '@shop/service-kit';

/** @throws ConfigError that names every setting that is wrong */
export const readConfig = (environment: Environment) =>
  readSettings(environment, {
    port: port({ default: 8025 }),
    smtpPort: port({ default: 1025 }),
    host: text({ default: '127.0.0.1' }),
    apiUrl: url({ default: 'http://localhost:3000/api' }),
  });
