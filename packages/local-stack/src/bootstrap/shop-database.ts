import { createServiceDatabase, databaseUrl } from '@shop/postgres-server';
import type { Secrets } from '../secrets.ts';

const database = 'shop';

/** The services that keep data, each with the schema that is its own. */
const schemas = { user_service: 'users', catalog_service: 'catalog', order_service: 'orders' } as const;
export type ServiceWithData = keyof typeof schemas;

function roleOf(service: ServiceWithData, { rolePasswords }: Secrets) {
  const schema = schemas[service];
  return { role: `${schema}_role`, password: rolePasswords[schema], schema };
}

/** The shop's database, as the role of a service. */
export const serviceUrl = (host: string, service: ServiceWithData, secrets: Secrets): string =>
  databaseUrl(`postgresql://${host}`, { database, ...roleOf(service, secrets) });

const wrongPassword = '28P01';

/**
 * The shop's database, with a schema and a login role for each service that keeps data.
 * @throws Error when PostgreSQL does not answer, or does not take the password
 */
export async function prepareDatabase(host: string, secrets: Secrets): Promise<void> {
  const superuser = { database: 'postgres', role: 'postgres', password: secrets.postgresPassword };
  const services = Object.keys(schemas) as ServiceWithData[];
  const roles = services.map((service) => roleOf(service, secrets));
  try {
    await createServiceDatabase(databaseUrl(`postgresql://${host}`, superuser), { database, roles });
  } catch (error) {
    if ((error as { code?: string }).code !== wrongPassword) throw error;
    throw new Error(
      'PostgreSQL does not take the password that is kept in the secrets volume: it and the data volume were not made ' +
        'together. Restore the one that belongs to the other, or start over with `docker compose down --volumes`.',
      { cause: error },
    );
  }
}
