import { databaseUrl } from '@shop/postgres-server';
import type { Secrets } from '../secrets.ts';

export const database = 'shop';

/** The services that keep data, each with the schema that is its own. */
export const schemas = {
  user_service: 'users',
  catalog_service: 'catalog',
  order_service: 'orders',
} as const;
export type ServiceWithData = keyof typeof schemas;
export const servicesWithData = Object.keys(schemas) as readonly ServiceWithData[];

/** The login role of a service. */
export function roleOf(service: ServiceWithData, { rolePasswords }: Secrets) {
  const schema = schemas[service];
  return { role: `${schema}_role`, password: rolePasswords[schema], schema };
}

/** The server's own database, as its superuser. */
export const adminUrl = (host: string, { postgresPassword }: Secrets): string =>
  databaseUrl(`postgresql://${host}`, {
    database: 'postgres',
    role: 'postgres',
    password: postgresPassword,
  });

/** The shop's database, as the role of a service. */
export const serviceUrl = (host: string, service: ServiceWithData, secrets: Secrets): string =>
  databaseUrl(`postgresql://${host}`, { database, ...roleOf(service, secrets) });
