import type { WireEvent } from './event.ts';
import type { Deliver, Subscription } from './event-bus.ts';

export type Membership = ReturnType<typeof createMembership>;

/** The instances of one group that take one topic. */
export function createMembership(group: string, closing: AbortSignal) {
  const members: ((event: WireEvent) => Promise<void>)[] = [];
  let decide = () => {};
  const joinedOrClosing = new Promise<void>((resolve) => {
    decide = resolve;
  });
  if (closing.aborted) decide();
  closing.addEventListener('abort', decide);
  return {
    /** Hands a message to the instance that joined last. Waits for a first one; rejects once the last has left. */
    deliver: async (event: WireEvent): Promise<void> => {
      await joinedOrClosing;
      closing.throwIfAborted();
      const take = members.at(-1);
      if (take === undefined) throw new Error(`${group} has left`);
      await take(event);
    },
    join: (deliver: Deliver): Subscription => {
      const leaving = new AbortController();
      const signal = AbortSignal.any([closing, leaving.signal]);
      const inHand = new Set<Promise<void>>();
      const take = async (event: WireEvent) => {
        const work = deliver(event, signal);
        inHand.add(work);
        await work.finally(() => inHand.delete(work));
      };
      members.push(take);
      decide();
      return {
        close: async () => {
          const index = members.indexOf(take);
          if (index >= 0) members.splice(index, 1);
          leaving.abort(new Error(`${group} has left`));
          await Promise.allSettled(inHand);
        },
      };
    },
  };
}
