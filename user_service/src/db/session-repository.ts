import type { NewAuditEvent, User } from '@shop/service-kit';
import { type UserDatabase, withTransaction } from './transaction.ts';

/** Where a session is used. */
export interface Device {
  readonly userAgent: string | null;
  /** As `addressOf` gives it. */
  readonly address: string;
}

export interface Session extends Device {
  readonly id: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
}

/** Whose session goes on, and for how long if nobody refreshes it. */
export interface Continued {
  readonly user: User & { readonly sid: string };
  readonly secondsLeft: number;
}

export type SessionRepository = ReturnType<typeof createSessionRepository>;

/** Of one user. The one that was not used for the longest time ends when another begins. */
const mostSessions = 100;
const purgeBatch = 1_000;
/** A browser's tabs, and the server that renders for it, present the same token. */
const repeatSeconds = 10;

const secondsLeft = `floor(extract(epoch FROM session.expires_at - now()))::int AS "secondsLeft"`;
type ContinuedRow = Continued['user'] & Pick<Continued, 'secondsLeft'>;

const toContinued = ({ secondsLeft, ...user }: ContinuedRow): Continued => ({ user, secondsLeft });

export interface SessionDays {
  /** How long a refresh token is valid. */
  readonly refreshDays: number;
  /** How long a session goes on, however often it is refreshed. */
  readonly sessionDays: number;
}

/** Tokens are known by their hashes. Times are the database's. */
export function createSessionRepository(database: UserDatabase, { refreshDays, sessionDays }: SessionDays) {
  const { pool, role } = database;
  const continued = `users.id, users.email, ${role} AS role, session.id AS sid, ${secondsLeft}`;
  return {
    /** @returns undefined when the password has been changed since it was compared */
    start: async (userId: number, passwordHash: string, tokenHash: Buffer, device: Device) => {
      const { rows } = await pool.query<{ id: string; secondsLeft: number }>(
        // The lock lets a change of the password wait for this session, which it ends, or this one for the change.
        `WITH session AS (
           INSERT INTO sessions (user_id, user_agent, address, expires_at)
           SELECT id, $3, $4, now() + make_interval(days => least($5::int, $6::int))
           FROM users WHERE id = $1 AND password_hash = $2 FOR SHARE
           RETURNING id, expires_at
         ), token AS (
           INSERT INTO refresh_tokens (hash, session_id) SELECT $7, id FROM session
         ), surplus AS (
           DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions WHERE user_id = $1
             ORDER BY last_used_at DESC OFFSET ${mostSessions - 1} FOR UPDATE SKIP LOCKED)
         )
         SELECT id, ${secondsLeft} FROM session`,
        [userId, passwordHash, device.userAgent, device.address, refreshDays, sessionDays, tokenHash],
      );
      return rows[0];
    },
    /**
     * Replaces a token that is valid by its successor, once.
     * @returns undefined when there is none, or it has been used
     */
    rotate: async (
      tokenHash: Buffer,
      successorHash: Buffer,
      device: Device,
    ): Promise<Continued | undefined> => {
      const { rows } = await pool.query<ContinuedRow>(
        // The session first, as when it is deleted: so that neither waits for the other for ever.
        `WITH session AS (
           UPDATE sessions SET last_used_at = now(), user_agent = $3, address = $4, expires_at =
             least(now() + make_interval(days => $5), created_at + make_interval(days => $6))
           WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1 AND used_at IS NULL)
             AND expires_at > now() AND created_at > now() - make_interval(days => $6)
           RETURNING id, user_id, expires_at
         ), used AS (
           UPDATE refresh_tokens SET used_at = now() FROM session
           WHERE hash = $1 AND used_at IS NULL AND session_id = session.id
           RETURNING session_id
         ), successor AS (
           INSERT INTO refresh_tokens (hash, session_id) SELECT $2, session_id FROM used
         )
         SELECT ${continued} FROM used JOIN session ON session.id = session_id JOIN users ON users.id = user_id`,
        [tokenHash, successorHash, device.userAgent, device.address, refreshDays, sessionDays],
      );
      return rows[0] && toContinued(rows[0]);
    },
    /** Whose token it was that has been used, and whether that was a moment ago. */
    findUsed: async (tokenHash: Buffer) => {
      const { rows } = await pool.query<ContinuedRow & { isRepeat: boolean }>(
        `SELECT ${continued}, used_at > now() - make_interval(secs => ${repeatSeconds}) AS "isRepeat"
         FROM refresh_tokens JOIN sessions AS session ON session.id = session_id JOIN users ON users.id = user_id
         WHERE hash = $1 AND used_at IS NOT NULL AND expires_at > now()`,
        [tokenHash],
      );
      if (rows[0] === undefined) return undefined;
      const { isRepeat, ...row } = rows[0];
      return { ...toContinued(row), isRepeat };
    },
    /** Does nothing when it is known: an instance with another key makes another successor. */
    addSuccessor: async (tokenHash: Buffer, sessionId: string): Promise<void> => {
      const insert = 'INSERT INTO refresh_tokens (hash, session_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';
      await pool.query(insert, [tokenHash, sessionId]);
    },
    /** The one that was used last comes first. */
    list: async (userId: number): Promise<readonly Session[]> => {
      const { rows } = await pool.query<Session & { createdAt: Date; lastUsedAt: Date }>(
        `SELECT id, created_at AS "createdAt", last_used_at AS "lastUsedAt", user_agent AS "userAgent", address
         FROM sessions WHERE user_id = $1 AND expires_at > now()
         ORDER BY last_used_at DESC, id LIMIT ${mostSessions}`,
        [userId],
      );
      return rows.map((row) => ({
        ...row,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt.toISOString(),
      }));
    },
    /** @returns whether there was one */
    end: async (userId: number, id: string): Promise<boolean> => {
      const { rowCount } = await pool.query('DELETE FROM sessions WHERE user_id = $1 AND id = $2', [
        userId,
        id,
      ]);
      return rowCount === 1;
    },
    /** Ends one that somebody else may use, too. */
    endReused: (id: string, event: NewAuditEvent): Promise<void> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        const { rowCount } = await client.query('DELETE FROM sessions WHERE id = $1', [id]);
        if (rowCount === 1) await addAuditEvent(event);
      }),
    /** @param keptId of the session that goes on, if any does */
    endOthers: async (userId: number, keptId: string | undefined): Promise<void> => {
      await pool.query(endOthers, [userId, keptId]);
    },
    endByToken: async (tokenHash: Buffer): Promise<void> => {
      const remove =
        'DELETE FROM sessions WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = $1)';
      await pool.query(remove, [tokenHash]);
    },
    /** Deletes some of what no token opens any more. @returns whether there is more. */
    forgetOld: async (): Promise<boolean> => {
      const sessions = await pool.query(
        `DELETE FROM sessions WHERE id IN
           (SELECT id FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT ${purgeBatch})`,
      );
      const tokens = await pool.query(
        `DELETE FROM refresh_tokens WHERE hash IN (
           SELECT hash FROM refresh_tokens WHERE used_at < now() - make_interval(days => $1)
           ORDER BY used_at LIMIT ${purgeBatch})`,
        [refreshDays],
      );
      return sessions.rowCount === purgeBatch || tokens.rowCount === purgeBatch;
    },
  };
}

/** Of the user $1, but for the session $2. */
export const endOthers = 'DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2::uuid';
