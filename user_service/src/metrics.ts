import { createCounter, createGauge, type Logger, Problem, type Registry } from '@shop/service-kit';
import type { MailRepository } from './db/mail-repository.ts';
import { type MailKind, mailKinds } from './domain/mail.ts';

export type UserMetrics = ReturnType<typeof createUserMetrics>;

/** @param passwordsWaiting how many passwords wait for a thread at the moment */
export function createUserMetrics(registry: Registry, passwordsWaiting: () => number) {
  const registrations = createCounter(registry, { name: 'registrations_total', help: 'Accounts made.' });
  const logins = createCounter(registry, {
    name: 'logins_total',
    help: 'Logins by how they ended: succeeded, or the code of the problem.',
    labelNames: ['outcome'],
  });
  const waiting = createGauge(registry, {
    name: 'password_queue_length',
    help: 'Passwords that wait for a thread.',
    collect: () => void waiting.set(passwordsWaiting()),
  });
  return {
    registered: () => registrations.inc(),
    /** Runs a login and counts how it ended: `succeeded`, the code of its problem, or `failed`. */
    countLogin: async <T>(login: () => Promise<T>): Promise<T> => {
      try {
        const result = await login();
        logins.inc({ outcome: 'succeeded' });
        return result;
      } catch (error) {
        logins.inc({ outcome: error instanceof Problem ? error.code : 'failed' });
        throw error;
      }
    },
  };
}

const lastKnown =
  'the same at every instance; 0 without any; the last that was known while the database is unavailable.';

export type MailMetrics = ReturnType<typeof createMailMetrics>;

export function createMailMetrics(
  registry: Registry,
  mails: Pick<MailRepository, 'oldestWaitSeconds'>,
  logger: Logger,
) {
  const outcomes = ['sent', 'failed', 'given-up'] as const;
  const tries = createCounter(registry, {
    name: 'mails_total',
    help: 'Tries to send a mail, by how they ended: `sent`, `failed` (it is tried again) or `given-up`.',
    labelNames: ['kind', 'outcome'],
  });
  // What begins at 1 has not increased, and nobody is alerted.
  for (const kind of mailKinds) for (const outcome of outcomes) tries.inc({ kind, outcome }, 0);
  const oldest = createGauge(registry, {
    name: 'mails_oldest_unsent_age_seconds',
    help: `How long the oldest mail has waited, ${lastKnown}`,
    collect: async () => {
      try {
        oldest.set(await mails.oldestWaitSeconds());
      } catch (error) {
        logger.warn({ err: error }, 'waiting mails could not be counted');
      }
    },
  });
  return {
    ended: (kind: MailKind, outcome: (typeof outcomes)[number]) => tries.inc({ kind, outcome }),
  };
}

type ErasedKind = 'account' | 'guest';

/** @param oldestWaitSeconds of each kind of user that is to be forgotten */
export function createErasureMetrics(
  registry: Registry,
  oldestWaitSeconds: Readonly<Record<ErasedKind, () => Promise<number>>>,
  logger: Logger,
) {
  const oldest = createGauge(registry, {
    name: 'erasures_oldest_age_seconds',
    help: `How long the oldest deleted account, or guest whose time is up, has waited to be forgotten, ${lastKnown}`,
    labelNames: ['kind'],
    collect: async () => {
      try {
        for (const kind of ['account', 'guest'] as const)
          oldest.set({ kind }, await oldestWaitSeconds[kind]());
      } catch (error) {
        logger.warn({ err: error }, 'users who are to be forgotten could not be counted');
      }
    },
  });
}
