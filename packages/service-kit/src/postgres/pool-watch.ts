import type pg from 'pg';

/** Without a single connection taken or given back for so long, a pool that is used up stays so. */
const stuckAfterMs = 30_000;

/**
 * Watches a pool from its beginning, for the liveness of the process. `isStuck` is true when every connection has been
 * in use for half a minute and none was given back meanwhile: a leak, which only a new process cures. A database that
 * does not answer is none: its connections are given back when their time is over.
 */
export function watchPool(pool: pg.Pool, now = () => performance.now()) {
  let used = 0;
  let changedAt = now();
  const count = (change: number) => () => {
    used += change;
    changedAt = now();
  };
  pool.on('acquire', count(1)).on('release', count(-1));
  return { isStuck: () => used >= pool.options.max && now() - changedAt > stuckAfterMs };
}
