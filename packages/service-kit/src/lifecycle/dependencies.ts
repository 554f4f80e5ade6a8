import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { withClient } from '../postgres/postgres.ts';

/** What a service needs to start, by the name that its log tells: each resolves once it answers. */
export type Dependencies = Readonly<Record<string, () => Promise<unknown>>>;

const pauseMs = 500;
const sayEveryMs = 5_000;
/** After this the process ends, and its supervisor may start it again. */
const patienceMs = 120_000;

/**
 * Waits until every dependency answers, and says every few seconds which does not.
 * @throws the last error of one that has not answered within two minutes
 */
export async function waitForDependencies(dependencies: Dependencies, logger: Logger): Promise<void> {
  await Promise.all(Object.entries(dependencies).map(([name, ask]) => waitFor(name, ask, logger)));
}

async function waitFor(name: string, ask: () => Promise<unknown>, logger: Logger): Promise<void> {
  const startedAt = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      const now = performance.now();
      if (now - startedAt > patienceMs) throw error;
      if (now - saidAt > sayEveryMs) {
        saidAt = now;
        const why = (error as Error).message || (error as { code?: string }).code;
        logger.warn({ dependency: name, why }, `waiting for ${name}`);
      }
    }
    await delay(pauseMs);
  }
}

/** A dependency: resolves when the database of that URL takes our connection. */
export async function postgresAnswers(databaseUrl: string): Promise<void> {
  await withClient({ connectionString: databaseUrl }, async () => {});
}
