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

/**
 * The shop's database: for each service that keeps data a schema, a login role that reads and writes its rows, and one
 * that owns and migrates it; and a role that only reads.
 */
export function createShopDatabase(
  { adminUrl, database, rolePrefix }: DatabaseHost,
  { rolePasswords, ownerPasswords }: Secrets,
) {
  const roleOf = (schema: Schema) => ({
    role: `${rolePrefix}${schema}_role`,
    password: rolePasswords[schema],
  });
  const ownerOf = (schema: Schema) => ({
    role: `${rolePrefix}${schema}_owner`,
    password: ownerPasswords[schema],
  });
  const doctor = { role: `${rolePrefix}doctor_role`, password: rolePasswords.doctor };
  return {
    /** Makes what is not there yet. */
    create: async (wanted: readonly Schema[]) => {
      const roles = wanted.map((schema) => ({ ...roleOf(schema), schema, owner: ownerOf(schema) }));
      await createServiceDatabase(adminUrl, { database, roles, reader: { ...doctor, schemas: readSchemas } });
    },
    /** As the service whose schema it is. */
    url: (schema: Schema) => databaseUrl(adminUrl, { database, ...roleOf(schema) }),
    /** As the role that may change the tables of a schema. */
    ownerUrl: (schema: Schema) => databaseUrl(adminUrl, { database, ...ownerOf(schema) }),
    /** As the role that may read what the doctor looks at. */
    doctorUrl: databaseUrl(adminUrl, { database, ...doctor }),
  };
}
