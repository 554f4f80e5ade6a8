import type { EventBus, WireEvent } from '@shop/messaging';

export interface RecordingBus extends EventBus {
  /** What was published, in order. */
  readonly published: WireEvent[];
  ids(): string[];
}

/** A bus that takes what `take` lets pass: it may wait, or throw to refuse. */
export function createRecordingBus(take: (event: WireEvent) => unknown = () => {}): RecordingBus {
  const published: WireEvent[] = [];
  const unused = () => Promise.reject(new Error('a relay does not use this'));
  return {
    published,
    ids: () => published.map(({ headers }) => String(headers['ce_id'])),
    publish: async (event) => {
      await take(event);
      published.push(event);
    },
    subscribe: unused,
    deadLetter: unused,
    check: unused,
    close: unused,
  };
}
