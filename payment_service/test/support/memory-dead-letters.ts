import type { DeadLetter, DeadLetterStore } from '@shop/messaging';

/** Dead letters in memory, which is enough for a service without a database. */
export function createMemoryDeadLetters(): DeadLetterStore & { list(): readonly DeadLetter[] } {
  const letters = new Map<string, DeadLetter>();
  return {
    add: async (group, event, reason) => {
      const id = String(letters.size + 1);
      letters.set(id, { id, group, event, reason, attempts: 1, failedAt: new Date() });
    },
    list: () => [...letters.values()],
    requested: async () => [],
    remove: async (id) => {
      letters.delete(id);
    },
  };
}
