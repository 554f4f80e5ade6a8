/**
 * Runs an attempt when its turn has come. `failuresLeft` says how many may still fail, or throws when none may.
 * Never are so many of one key under way at once that all of them failing would be more than that: the others wait
 * rather than be refused, for they may be right. The attempt must have counted its failure when it settles.
 */
export type TakeTurn = <T>(
  key: string,
  failuresLeft: () => Promise<number>,
  attempt: () => Promise<T>,
) => Promise<T>;

interface Lane {
  underWay: number;
  settled: number;
  present: number;
  readonly waiting: (() => void)[];
}

/** Turns of this process; another instance may let as many through at the same moment. */
export function createTurns(): TakeTurn {
  const lanes = new Map<string, Lane>();
  return async (key, failuresLeft, attempt) => {
    const lane = lanes.get(key) ?? { underWay: 0, settled: 0, present: 0, waiting: [] };
    lanes.set(key, lane);
    lane.present += 1;
    try {
      await enter(lane, failuresLeft);
      return await attempt().finally(() => {
        lane.underWay -= 1;
        lane.settled += 1;
      });
    } finally {
      // Handled or refused, this one lets the next one in.
      lane.waiting.shift()?.();
      lane.present -= 1;
      if (lane.present === 0) lanes.delete(key);
    }
  };
}

async function enter(lane: Lane, failuresLeft: () => Promise<number>): Promise<void> {
  for (;;) {
    const { settled } = lane;
    const left = await failuresLeft();
    // One that has failed meanwhile may not be in that number.
    if (lane.settled !== settled) continue;
    if (lane.underWay < left) break;
    await new Promise<void>((resolve) => lane.waiting.push(resolve));
  }
  lane.underWay += 1;
}
