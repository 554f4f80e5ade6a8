import type { NewAuditEvent, Scope } from '@shop/service-kit';
import { type UserDatabase, withTransaction } from './transaction.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The administrator who made it. */
  readonly userId: number;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
}

export type ApiKeyRepository = ReturnType<typeof createApiKeyRepository>;

/** Of the whole shop. */
export const mostApiKeys = 100;
/** For administrators who wonder why something has stopped. */
const keptDays = 30;
const purgeBatch = 1_000;

interface Row extends Omit<ApiKey, 'createdAt' | 'expiresAt' | 'lastUsedAt'> {
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

const columns = `id, name, scopes, user_id AS "userId", created_at AS "createdAt", expires_at AS "expiresAt",
  last_used_at AS "lastUsedAt"`;

/** Keys are known by their hashes. Times are the database's. */
export function createApiKeyRepository(database: UserDatabase) {
  const { pool, role } = database;
  return {
    /**
     * @param eventOf what the audit trail is told of the key
     * @returns undefined when there are as many as may be
     */
    add: (
      key: Pick<ApiKey, 'name' | 'scopes' | 'userId'> & { readonly expiresInDays: number },
      hash: Buffer,
      eventOf: (added: ApiKey) => NewAuditEvent,
    ): Promise<ApiKey | undefined> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        // Two at one moment must not be one too many.
        await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('api keys of user_service', 0))`);
        const { rows } = await client.query<Row>(
          `INSERT INTO api_keys (hash, user_id, name, scopes, expires_at)
           SELECT $1, $2, $3, $4, now() + make_interval(days => $5)
           WHERE (SELECT count(*) FROM api_keys) < ${mostApiKeys} RETURNING ${columns}`,
          [hash, key.userId, key.name, key.scopes, key.expiresInDays],
        );
        if (rows[0] === undefined) return undefined;
        const added = toApiKey(rows[0]);
        await addAuditEvent(eventOf(added));
        return added;
      }),
    /** Newest first. */
    list: async (): Promise<readonly ApiKey[]> => {
      const { rows } = await pool.query<Row>(
        `SELECT ${columns} FROM api_keys ORDER BY created_at DESC, id LIMIT ${mostApiKeys}`,
      );
      return rows.map(toApiKey);
    },
    /** @returns whether there was one */
    remove: (id: string, event: NewAuditEvent): Promise<boolean> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        const { rowCount } = await client.query('DELETE FROM api_keys WHERE id = $1', [id]);
        if (rowCount === 1) await addAuditEvent(event);
        return rowCount === 1;
      }),
    /** Notes that a key is used. @returns undefined when it opens nothing */
    use: async (hash: Buffer): Promise<ApiKey | undefined> => {
      const { rows } = await pool.query<Row>(
        `UPDATE api_keys SET last_used_at = now() WHERE hash = $1 AND expires_at > now()
           AND EXISTS (SELECT FROM users WHERE users.id = api_keys.user_id AND ${role} = 'admin')
         RETURNING ${columns}`,
        [hash],
      );
      return rows[0] && toApiKey(rows[0]);
    },
    /** Deletes some that have expired long ago. @returns whether there are more. */
    forgetOld: async (): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `DELETE FROM api_keys WHERE id IN (SELECT id FROM api_keys
           WHERE expires_at < now() - make_interval(days => ${keptDays}) ORDER BY expires_at LIMIT ${purgeBatch})`,
      );
      return rowCount === purgeBatch;
    },
  };
}

const toApiKey = ({ createdAt, expiresAt, lastUsedAt, ...key }: Row): ApiKey => ({
  ...key,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
