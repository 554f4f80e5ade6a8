import { type Environment, readSettings, text } from '@shop/service-kit';

/** Who commands log in as: the demo's administrator, unless the environment names another. */
export const readAdministrator = (environment: Environment) =>
  readSettings(environment, {
    seedAdminEmail: text({ default: 'admin@shop.test' }),
    seedAdminPassword: text({ default: 'admin-password' }),
  });
