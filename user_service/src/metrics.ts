import { Problem } from '@shop/service-kit';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface UserMetrics {
  registered(): void;
  /** Runs a login and counts how it ended: `succeeded`, the code of its problem, or `failed`. */
  countLogin<T>(login: () => Promise<T>): Promise<T>;
}

/** @param passwordsWaiting how many passwords wait for a thread at the moment */
export function createUserMetrics(registry: Registry, passwordsWaiting: () => number): UserMetrics {
  const registers = [registry];
  const registrations = new Counter({ name: 'registrations_total', help: 'Accounts made.', registers });
  const logins = new Counter({
    name: 'logins_total',
    help: 'Logins by how they ended: succeeded, or the code of the problem.',
    labelNames: ['outcome'] as const,
    registers,
  });
  new Gauge({
    name: 'password_queue_length',
    help: 'Passwords that wait for a thread.',
    registers,
    collect() {
      this.set(passwordsWaiting());
    },
  });
  return {
    registered: () => registrations.inc(),
    countLogin: async (login) => {
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
