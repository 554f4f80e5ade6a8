import type pg from 'pg';
import { RateLimiterPostgres } from 'rate-limiter-flexible';

/** Milliseconds since 1970, as PostgreSQL has them. */
export const databaseMs = '(extract(epoch FROM now()) * 1000)::bigint';

const isOver = `rate_limits.expire <= ${databaseMs}`;

/** Takes the key, the points and how many milliseconds they count. */
const add = `
  INSERT INTO rate_limits AS rate_limits (key, points, expire) VALUES ($1, $2, ${databaseMs} + $3)
  ON CONFLICT (key) DO UPDATE SET
    points = CASE WHEN ${isOver} THEN excluded.points ELSE rate_limits.points + excluded.points END,
    expire = CASE WHEN ${isOver} THEN excluded.expire ELSE rate_limits.expire END
  RETURNING points, expire - ${databaseMs} AS left_ms`;

const find = `SELECT points, expire - ${databaseMs} AS left_ms FROM rate_limits WHERE key = $1 AND NOT ${isOver}`;

interface Count {
  readonly points: number;
  readonly left_ms: number;
}

/**
 * The library's limiter for PostgreSQL, whose own statements compare what instances stored by their own clocks: one that
 * is ahead would forget the others' counts, and make them wait for its own. These are the methods that its stores
 * implement, of exactly the version in package.json.
 */
export class DatabaseClockLimiter extends RateLimiterPostgres {
  readonly #pool: pg.Pool;

  constructor(options: ConstructorParameters<typeof RateLimiterPostgres>[0] & { storeClient: pg.Pool }) {
    super(options);
    this.#pool = options.storeClient;
  }

  _upsert(key: string, points: number, durationMs: number) {
    return this.#ask('rate-limits-add', add, [key, points, durationMs]);
  }

  async _get(key: string) {
    const found = await this.#ask('rate-limits-find', find, [key]);
    return found.rows.length > 0 ? found : null;
  }

  async #ask(name: string, text: string, values: unknown[]) {
    const { rows } = await this.#pool.query<Count>({ name, text, values });
    // From there on the library reckons by the clock of this process.
    return { rows: rows.map(({ points, left_ms }) => ({ points, expire: Date.now() + left_ms })) };
  }
}
