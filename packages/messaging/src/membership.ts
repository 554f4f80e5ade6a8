import type { WireEvent } from './event.ts';
import type { Deliver, Subscription } from './event-bus.ts';

/** The instances of one group that take one topic. */
export interface Membership {
  /** Hands a message to the instance that joined last. Waits for a first one; rejects once the last has left. */
  deliver(event: WireEvent): Promise<void>;
  join(deliver: Deliver): Subscription;
  /** Nobody is going to join any more. */
  refuse(reason: Error): void;
}

export function createMembership(group: string, closing: AbortSignal): Membership {
  const members: Member[] = [];
  let gone: Error | undefined;
  let decide = () => {};
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });
  return {
    deliver: async (event) => {
      await decided;
      const member = members.at(-1);
      if (member === undefined) throw gone;
      await member.take(event);
    },
    join: (deliver) => {
      const member = createMember(deliver, closing);
      members.push(member);
      decide();
      return {
        close: async () => {
          gone = new Error(`${group} has left`);
          const index = members.indexOf(member);
          if (index >= 0) members.splice(index, 1);
          await member.leave(gone);
        },
      };
    },
    refuse: (reason) => {
      gone ??= reason;
      decide();
    },
  };
}

interface Member {
  take(event: WireEvent): Promise<void>;
  leave(reason: Error): Promise<void>;
}

function createMember(deliver: Deliver, closing: AbortSignal): Member {
  const leaving = new AbortController();
  const signal = AbortSignal.any([closing, leaving.signal]);
  const inHand = new Set<Promise<void>>();
  return {
    take: async (event) => {
      signal.throwIfAborted();
      const work = deliver(event, signal);
      inHand.add(work);
      await work.finally(() => inHand.delete(work));
    },
    leave: async (reason) => {
      leaving.abort(reason);
      await Promise.allSettled(inHand);
    },
  };
}
