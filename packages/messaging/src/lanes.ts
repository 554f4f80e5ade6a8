/** Work in order per lane. A lane exists only while it has work. */
export function createLanes() {
  const tails = new Map<string, Promise<void>>();
  return {
    /** Runs `work` after all earlier work of the same lane, beside that of other lanes. */
    run: (lane: string, work: () => Promise<void>): Promise<void> => {
      const earlier = tails.get(lane) ?? Promise.resolve();
      const outcome = earlier.then(work);
      const tail = outcome
        .catch(() => {})
        .then(() => {
          if (tails.get(lane) === tail) tails.delete(lane);
        });
      tails.set(lane, tail);
      return outcome;
    },
    /** Resolves when no lane has work left. */
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
