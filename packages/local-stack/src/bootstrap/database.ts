import { setTimeout as delay } from 'node:timers/promises';
import { createServiceDatabase } from '@shop/postgres-server';
import { keepSecrets } from '../secrets.ts';
import { bootstrapDir } from './secrets-volume.ts';
import { adminUrl, database, roleOf, servicesWithData } from './shop-database.ts';

const patienceMs = 60_000;
const pauseMs = 500;

/** Of Node's network and of PostgreSQL: the server is not there yet, or is starting or stopping. */
const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
]);
const wrongPassword = '28P01';

/**
 * The shop's database, with a schema and a login role for each service that keeps data.
 * @throws Error when PostgreSQL does not answer within a minute, or does not take the password
 */
export async function prepareDatabase(where: { secretsDir: string; databaseHost: string }): Promise<void> {
  const secrets = await keepSecrets(bootstrapDir(where.secretsDir));
  const url = adminUrl(where.databaseHost, secrets);
  const roles = servicesWithData.map((service) => roleOf(service, secrets));
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await createServiceDatabase(url, { database, roles });
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (code === wrongPassword) throw new Error(notOfOneShop, { cause: error });
      if (!awayCodes.has(code) || performance.now() > deadline) throw error;
    }
    await delay(pauseMs);
  }
}

const notOfOneShop =
  'PostgreSQL does not take the password that is kept in the secrets volume: it and the data volume were not made ' +
  'together. Bring back the one that belongs to the other, or begin anew with `docker compose down --volumes`.';
