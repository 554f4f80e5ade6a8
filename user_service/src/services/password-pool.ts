import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@shop/service-kit';
import { Piscina } from 'piscina';
import { costOf, decoyHash } from '../domain/password-hash.ts';
import { passwordForms } from '../domain/password-rules.ts';
import { createFairQueue } from './fair-queue.ts';
import type { CompareTask, HashTask } from './password-worker.ts';

interface PasswordPoolOptions {
  /** bcrypt's cost: each further round doubles the time. */
  readonly rounds: number;
  readonly logger: Logger;
  readonly threads?: number;
  /** How many may wait for a thread before the next are refused: no longer than a caller waits. */
  readonly maxWaiting?: number;
  /** How many of one address may. */
  readonly maxWaitingOfAddress?: number;
}

export type Passwords = ReturnType<typeof createPasswordPool>;

/** `outdated` is right as well, but another hash should be stored: of the present cost, and of the present form. */
export type Comparison = 'wrong' | 'right' | 'outdated';

/** Of passwords that no caller waits for. */
const ownWork = 'own work';

/**
 * bcrypt in worker threads, which begin with the first password, so that the event loop stays free. Addresses take turns.
 * Everything may throw the problem `busy`: too many wait already, or the pool closes.
 */
export function createPasswordPool(options: PasswordPoolOptions) {
  const { rounds, logger, threads = Math.min(4, availableParallelism()) } = options;
  const { maxWaiting = 25 * threads, maxWaitingOfAddress = maxWaiting } = options;
  const pool = new Piscina({
    filename: workerFile(),
    minThreads: 0,
    maxThreads: threads,
    // An idle thread holds some 10 MB, and begins in 50 ms.
    idleTimeout: 10_000,
    // All cores when nothing else wants them: what others ask for is quick, a log-in is not.
    niceIncrement: 4,
  });
  pool.on('error', (error) => logger.error({ err: error }, 'a password thread failed'));
  const queue = createFairQueue({ atOnce: threads, most: maxWaiting, mostOfOwner: maxWaitingOfAddress });

  const run = (name: 'hash' | 'compare', task: HashTask | CompareTask, address: string): Promise<unknown> =>
    queue.run(address, () => pool.run(task, { name }));

  /** The highest of those that are stored: whether an email is known must not show in how long a comparison takes. */
  let cost = rounds;
  const raiseCost = (stored: number) => {
    cost = Math.max(cost, stored);
  };

  /**
   * Takes as long for any hash, and for none.
   * @param stored the hash of an account, if there is one
   */
  const compare = async (
    password: string,
    stored = decoyHash(cost),
    address = ownWork,
  ): Promise<Comparison> => {
    raiseCost(costOf(stored));
    const opening = await run('compare', { forms: passwordForms(password), stored, cost }, address);
    if (opening === -1) return 'wrong';
    return opening === 0 && costOf(stored) === rounds ? 'right' : 'outdated';
  };

  return {
    hash: async (password: string, address = ownWork): Promise<string> => {
      const [form = ''] = passwordForms(password);
      return (await run('hash', { password: form, rounds }, address)) as string;
    },
    compare,
    matches: async (password: string, stored: string): Promise<boolean> =>
      (await compare(password, stored)) !== 'wrong',
    /** From now on comparisons take as long as one with a hash of this cost, at least. */
    raiseCost,
    /** How many wait for a thread at the moment. */
    waiting: queue.waiting,
    /** Refuses those that wait, and those to come, with `busy`. */
    refuseWaiting: queue.close,
    close: async () => {
      queue.close();
      // Piscina's own `close` may cut off what still runs.
      await queue.empty();
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
