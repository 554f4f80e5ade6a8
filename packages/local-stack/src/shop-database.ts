import { createServiceDatabase, databaseUrl } from '@shop/postgres-server';
import type { Secrets } from './secrets.ts';

/** Of each that keeps data; `messaging` holds the dead letters of the in-process bus. */
export const schemas = ['users', 'catalog', 'orders', 'messaging'] as const;
export type Schema = (typeof schemas)[number];

/** What the doctor looks at: no accounts. */
const readSchemas: readonly Schema[] = ['catalog', 'orders', 'messaging'];

/** A PostgreSQL server, and what the shop is called there. */
export interface DatabaseHost {
  /** As its superuser, to a database that is not the shop's. */
  readonly adminUrl: string;
  readonly database: string;
  readonly rolePrefix: string;
}

/** The shop's database, with a schema and a login role for each service that keeps data, and one that only reads. */
export function createShopDatabase(
  { adminUrl, database, rolePrefix }: DatabaseHost,
  { rolePasswords }: Secrets,
) {
  const roleOf = (schema: Schema) => ({
    role: `${rolePrefix}${schema}_role`,
    password: rolePasswords[schema],
  });
  const doctor = { role: `${rolePrefix}doctor_role`, password: rolePasswords.doctor };
  return {
    /** Makes what is not there yet. */
    create: async (wanted: readonly Schema[]) => {
      const roles = wanted.map((schema) => ({ ...roleOf(schema), schema }));
      await createServiceDatabase(adminUrl, { database, roles, reader: { ...doctor, schemas: readSchemas } });
    },
    /** As the role of a schema. */
    url: (schema: Schema) => databaseUrl(adminUrl, { database, ...roleOf(schema) }),
    /** As the role that may read what the doctor looks at. */
    doctorUrl: databaseUrl(adminUrl, { database, ...doctor }),
  };
}
