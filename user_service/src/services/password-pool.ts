import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@shop/service-kit';
import { Piscina } from 'piscina';
import { problem } from '../problems.ts';

export interface Passwords {
  /** @throws Problem `busy` when too many wait already */
  hash(password: string): Promise<string>;
  /** @throws Problem `busy` when too many wait already */
  matches(password: string, hash: string): Promise<boolean>;
  /** Takes as long to compare as any stored hash, and no password matches it. */
  readonly decoyHash: string;
  /** How many wait for a thread at the moment. */
  waiting(): number;
  close(): Promise<void>;
}

export interface PasswordPoolOptions {
  /** bcrypt's cost: each further round doubles the time. */
  readonly rounds: number;
  readonly logger: Logger;
  readonly threads?: number;
  /** How many may wait for a thread before the next are refused: no longer than a caller waits. */
  readonly maxWaiting?: number;
}

/** bcrypt in worker threads, which begin with the first password, so that the event loop stays free. */
export function createPasswordPool(options: PasswordPoolOptions): Passwords {
  const {
    rounds,
    logger,
    threads = Math.min(4, availableParallelism()),
    maxWaiting = 25 * threads,
  } = options;
  let pool: Piscina | undefined;
  let underWay = 0;

  const open = (): Piscina => {
    const created = new Piscina({ filename: workerFile(), minThreads: 1, maxThreads: threads });
    created.on('error', (error) => logger.error({ err: error }, 'a password thread failed'));
    return created;
  };

  const run = async <T>(name: 'hash' | 'matches', task: object): Promise<T> => {
    if (underWay >= threads + maxWaiting) throw problem('busy');
    underWay += 1;
    try {
      pool ??= open();
      return await pool.run(task, { name });
    } finally {
      underWay -= 1;
    }
  };

  return {
    hash: (password) => run('hash', { password, rounds }),
    matches: (password, hash) => run('matches', { password, hash }),
    decoyHash: `$2b$${String(rounds).padStart(2, '0')}$${'.'.repeat(53)}`,
    waiting: () => Math.max(0, underWay - threads),
    close: async () => {
      await pool?.close();
      pool = undefined;
    },
  };
}

/** A thread cannot run TypeScript: where this file is the source, the built worker is used. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./password-worker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL('../../dist/services/password-worker.js', import.meta.url));
}
