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

  const run = async (name: 'hash' | 'matches', task: object) => {
    if (pool.queueSize >= maxWaiting) throw problem('busy');
    return pool.run(task, { name });
  };

  return {
    /** @throws Problem `busy` when too many wait already */
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
    close: () => pool.close(),
  };
}

/** A thread cannot run TypeScript: where this file is the source, the built worker is used. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./password-worker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL('../../dist/services/password-worker.js', import.meta.url));
}
