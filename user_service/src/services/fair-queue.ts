import { problem } from '../problems.ts';

interface FairQueueOptions {
  /** How many are worked on at once. */
  readonly atOnce: number;
  /** How many may wait. */
  readonly most: number;
  /** How many of one owner may wait. */
  readonly mostOfOwner: number;
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: () => void;
}

/**
 * Work that waits for its turn, in which owners take turns: one who has a hundred waiting keeps another waiting for one of
 * them. When it is full, a newcomer has the place of the last one of the owner who has most.
 */
export function createFairQueue({ atOnce, most, mostOfOwner }: FairQueueOptions) {
  /** By owner, in the order of their turns. */
  const lanes = new Map<string, Waiting[]>();
  let waiting = 0;
  let underWay = 0;
  let isClosed = false;
  const whenEmpty: (() => void)[] = [];

  const longest = () =>
    [...lanes.values()].reduce((one, other) => (other.length > one.length ? other : one), []);

  /** @throws Problem `busy` */
  const makeRoom = (owned: number) => {
    if (isClosed || owned >= mostOfOwner) throw problem('busy');
    if (waiting < most) return;
    const lane = longest();
    if (lane.length <= owned + 1) throw problem('busy');
    lane.pop()?.refuse();
    waiting -= 1;
  };

  const enter = async (owner: string): Promise<void> => {
    if (!isClosed && underWay < atOnce) {
      underWay += 1;
      return;
    }
    makeRoom(lanes.get(owner)?.length ?? 0);
    waiting += 1;
    await new Promise<void>((begin, reject) => {
      const lane = lanes.get(owner) ?? [];
      lane.push({ begin, refuse: () => reject(problem('busy')) });
      lanes.set(owner, lane);
    });
  };

  const leave = () => {
    const [next] = lanes;
    if (next === undefined) {
      underWay -= 1;
      if (underWay === 0) for (const resolve of whenEmpty.splice(0)) resolve();
      return;
    }
    const [owner, lane] = next;
    // To the end of the round.
    lanes.delete(owner);
    const first = lane.shift();
    if (lane.length > 0) lanes.set(owner, lane);
    waiting -= 1;
    first?.begin();
  };

  return {
    /** @throws Problem `busy`, with nothing done, when too many wait, or it is closed */
    run: async <T>(owner: string, work: () => Promise<T>): Promise<T> => {
      await enter(owner);
      return work().finally(leave);
    },
    waiting: () => waiting,
    /** Refuses those that wait, and those to come. */
    close: () => {
      isClosed = true;
      for (const { refuse } of [...lanes.values()].flat()) refuse();
      lanes.clear();
      waiting = 0;
    },
    /** Resolves when nothing is worked on, once it is closed. */
    empty: () =>
      new Promise<void>((resolve) => {
        if (underWay === 0) resolve();
        else whenEmpty.push(resolve);
      }),
  };
}
