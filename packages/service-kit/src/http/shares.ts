/**
 * Shares of something that all want at once, counted by who has them.
 * @param most that one may have
 * @returns takes one, and gives what is to be called when it is over; or nothing when they have as many as they may
 */
export function createShares(most: number): (owner: string) => (() => void) | undefined {
  const taken = new Map<string, number>();
  return (owner) => {
    const before = taken.get(owner) ?? 0;
    if (before >= most) return undefined;
    taken.set(owner, before + 1);
    return () => {
      const left = (taken.get(owner) ?? 1) - 1;
      if (left > 0) taken.set(owner, left);
      else taken.delete(owner);
    };
  };
}
