import type { DeadLetter, DeadLetterStore } from '@shop/messaging';

/** Dead letters that last as long as a test. */
export function createMemoryDeadLetters(): DeadLetterStore & { readonly letters: DeadLetter[] } {
  const letters: DeadLetter[] = [];
  const requested = new Set<number>();
  let lastId = 0;
  return {
    letters,
    add: async (group, event, reason) => {
      letters.push({ id: ++lastId, group, event, reason, failedAt: new Date() });
    },
    list: async () => [...letters],
    requestRedrive: async (ids = letters.map(({ id }) => id)) => {
      for (const id of ids) requested.add(id);
      return ids.length;
    },
    requested: async () => letters.filter(({ id }) => requested.has(id)),
    remove: async (id) => {
      letters.splice(
        letters.findIndex((letter) => letter.id === id),
        1,
      );
    },
  };
}
