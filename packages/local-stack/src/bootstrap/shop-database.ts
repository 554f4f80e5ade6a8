import { databaseUrl } from '@shop/postgres-server';
import type { Secrets } from '../secrets.ts';
import { createShopDatabase } from '../shop-database.ts';

/** The shop's database on the PostgreSQL of docker-compose.yml. */
export function composeDatabase(host: string, secrets: Secrets) {
  const superuser = { database: 'postgres', role: 'postgres', password: secrets.postgresPassword };
  const adminUrl = databaseUrl(`postgresql://${host}`, superuser);
  return createShopDatabase({ adminUrl, database: 'shop', rolePrefix: '' }, secrets);
}

const wrongPassword = '28P01';

/** @throws Error when PostgreSQL does not answer, or does not take the password */
export async function prepareDatabase(host: string, secrets: Secrets): Promise<void> {
  try {
    await composeDatabase(host, secrets).create(['users', 'catalog', 'orders']);
  } catch (error) {
    if ((error as { code?: string }).code !== wrongPassword) throw error;
    throw new Error(
      'PostgreSQL does not take the password that is kept in the secrets volume: it and the data volume were not made ' +
        'together. Restore the one that belongs to the other, or start over with `docker compose down --volumes`.',
      { cause: error },
    );
  }
}
