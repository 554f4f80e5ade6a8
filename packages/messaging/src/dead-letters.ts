import type { WireEvent } from './event.ts';

/** An event that a consumer group could not handle. */
export interface DeadLetter {
  /** Names it until it is redriven or discarded. */
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  /** How often it was tried to handle the event before it became this letter, earlier letters of it included. */
  readonly attempts: number;
  readonly failedAt: Date;
  /**
   * Set when the letter holds no message, for that was empty or too large to be copied: where the message was,
   * `topic/partition/offset`, or '' when that is unknown. `event` has no value then.
   */
  readonly messageAt?: string;
  readonly event: WireEvent;
}

export interface LeftLetter {
  readonly id: string;
  readonly why: string;
}

export interface DeadLettersDone {
  readonly count: number;
  /** Left as they are, though they were asked for by their ids. */
  readonly refused: readonly LeftLetter[];
  /** Left as they are, and nothing is wrong with that: nobody asked for these, or they are under way already. */
  readonly passedOver: readonly LeftLetter[];
}

/** What operators do with dead letters. Every bus has an adapter, and all of them pass one contract suite. */
export interface DeadLetters {
  /**
   * How many letters there are, and the oldest of them.
   * @param limit how many at most; 100 unless told
   */
  list(limit?: number): Promise<{ readonly total: number; readonly letters: readonly DeadLetter[] }>;
  /** @returns undefined when there is no such letter, or it is done. */
  show(id: string): Promise<DeadLetter | undefined>;
  /**
   * Has events handled again, at least once: these, or without ids all that hold a message. Groups that have handled
   * them see a repeat. An event that fails again becomes a new letter.
   */
  redrive(ids?: readonly string[]): Promise<DeadLettersDone>;
  /** Drops letters for good: nobody will handle their events. */
  discard(ids: readonly string[]): Promise<DeadLettersDone>;
  close(): Promise<void>;
}

/** Why an id is refused. */
export const noSuchLetter = 'there is no such dead letter, or it is done';

export const underWay = 'it has been asked for already, and is sent to its consumer within a second or two';

/** Goes with an event from one letter to the next, in its headers. */
const attemptsHeader = 'attempts';

/** How often it was tried to handle this event before it was redriven; 0 for one that never was a letter. */
export const attemptsOf = ({ headers }: WireEvent): number => Number(headers[attemptsHeader]) || 0;

export const withAttempts = (event: WireEvent, attempts: number): WireEvent => ({
  ...event,
  headers: { ...event.headers, [attemptsHeader]: String(attempts) },
});
