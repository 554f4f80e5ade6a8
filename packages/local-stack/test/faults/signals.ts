import { setTimeout as delay } from 'node:timers/promises';

/** To those that still are there. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // A connection's process of PostgreSQL, or a service that is about to be started again.
    }
  }
}

/** They neither answer nor end for so long. */
export async function freeze(pids: readonly number[], ms: number): Promise<void> {
  signal(pids, 'SIGSTOP');
  try {
    await delay(ms);
  } finally {
    signal(pids, 'SIGCONT');
  }
}

/** They get a tenth of the time for so long. */
export async function slow(pids: readonly number[], ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    await freeze(pids, 180);
    await delay(20);
  }
}
