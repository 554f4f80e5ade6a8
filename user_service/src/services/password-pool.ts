import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@shop/service-kit';
import { Piscina } from 'piscina';
import { passwordForms } from '../domain/account-rules.ts';
import { problem } from '../problems.ts';

interface PasswordPoolOptions {
  /** bcrypt's cost: each further round doubles the time. */
  readonly rounds: number;
  readonly logger: Logger;
  readonly threads?: number;
  /** How many may wait for a thread before the next are refused: no longer than a caller waits. */
  readonly maxWaiting?: number;
}

export type Passwords = ReturnType<typeof createPasswordPool>;

/** bcrypt in worker threads, which begin with the first password, so that the event loop stays free. */
export function createPasswordPool(options: PasswordPoolOptions) {
  const { rounds, logger, threads = Math.min(4, availableParallelism()) } = options;
  const { maxWaiting = 25 * threads } = options;
  const pool = new Piscina({
    filename: workerFile(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  pool.on('error', (error) => logger.error({ err: error }, 'a password thread failed'));

  let closing = false;
  /** In the order in which they came, by what ends each. */
  const underWay = new Map<AbortController, Promise<unknown>>();

  const run = async (name: 'hash' | 'matches', task: object) => {
    if (closing || pool.queueSize >= maxWaiting) throw problem('busy');
    const ended = new AbortController();
    const work = pool.run(task, { name, signal: ended.signal });
    underWay.set(ended, work);
    try {
      return await work;
    } catch (error) {
      throw ended.signal.aborted ? problem('busy', { cause: error }) : error;
    } finally {
      underWay.delete(ended);
    }
  };

  /** Refuses those that wait, and those to come, with `busy`. */
  const refuseWaiting = () => {
    closing = true;
    for (const waiting of [...underWay.keys()].slice(threads)) waiting.abort();
  };

  return {
    /** @throws Problem `busy` when too many wait already, or the pool closes */
    hash: (password: string): Promise<string> =>
      run('hash', { password: passwordForms(password)[0], rounds }),
    /** @throws Problem `busy` when too many wait already */
    matches: async (password: string, hash: string): Promise<boolean> => {
      for (const form of passwordForms(password)) {
        if (await run('matches', { password: form, hash })) return true;
      }
      return false;
    },
    /** Takes as long to compare as any stored hash, and no password matches it. */
    decoyHash: `$2b$${String(rounds).padStart(2, '0')}$${'.'.repeat(53)}`,
    /** How many wait for a thread at the moment. */
    waiting: () => pool.queueSize,
    refuseWaiting,
    close: async () => {
      refuseWaiting();
      // Piscina's own `close` may cut off what still runs.
      await Promise.allSettled(underWay.values());
      await pool.destroy();
    },
  };
}

/** A thread cannot run TypeScript: where this file is the source, the built worker is used. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./password-worker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL('../../dist/services/password-worker.js', import.meta.url));
}
