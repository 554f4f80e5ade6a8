import type { DeadLetter, DeadLetterStore } from '@shop/messaging';

/** Dead letters that last as long as a test. */
export function createMemoryDeadLetters(): DeadLetterStore & { list(): Promise<readonly DeadLetter[]> } {
  const letters: DeadLetter[] = [];
  return {
    add: async (group, event, reason) => {
      letters.push({ id: String(letters.length), group, event, reason, attempts: 1, failedAt: new Date() });
    },
    list: async () => [...letters],
    requested: async () => [],
    // Only what was requested is removed.
    remove: () => Promise.reject(new Error('not used here')),
  };
}
