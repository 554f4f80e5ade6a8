import { setTimeout as delay } from 'node:timers/promises';

type Falsy = false | 0 | 0n | '' | null | undefined;

type WaitForOptions = {
  /** Milliseconds until it gives up; 5000 unless given, or what SHOP_TEST_PATIENCE_MS says. */
  timeoutMs?: number;
  /** What is awaited, for the message at time-out. */
  what?: string;
};

const patienceMs = () => Number(process.env['SHOP_TEST_PATIENCE_MS'] ?? 5_000);

/**
 * Asks again and again until the condition gives something truthy, and resolves to that. A condition
 * that throws has not come true yet.
 *
 * @throws Error at time-out; its cause is the last error of the condition, if it threw
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = patienceMs(), what = 'the condition' }: WaitForOptions = {},
): Promise<Exclude<T, Falsy>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const value = await condition();
      if (value) return value as Exclude<T, Falsy>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) {
      const reason = failure instanceof Error ? `: ${failure.message}` : '';
      throw new Error(`Waited ${timeoutMs} ms in vain for ${what}${reason}`, { cause: failure });
    }
    await delay(15);
  }
}
