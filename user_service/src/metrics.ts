import { createCounter, createGauge, Problem, type Registry } from '@shop/service-kit';

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
