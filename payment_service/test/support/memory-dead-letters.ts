import type { DeadLetter, DeadLetterStore } from '@shop/messaging';

/** Dead letters in memory, which is enough for a service without a database. */
export function createMemoryDeadLetters(): DeadLetterStore {
  const letters = new Map<number, DeadLetter>();
  const asked = new Set<number>();
  let lastId = 0;
  return {
    add: async (group, event, reason) => {
      lastId += 1;
      letters.set(lastId, { id: lastId, group, event, reason, failedAt: new Date() });
    },
    list: async () => [...letters.values()],
    requestRedrive: async (ids = [...letters.keys()]) => {
      for (const id of ids) asked.add(id);
      return ids.length;
    },
    requested: async () => [...letters.values()].filter(({ id }) => asked.has(id)),
    remove: async (id) => {
      letters.delete(id);
    },
  };
}
