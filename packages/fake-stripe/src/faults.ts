/** What goes wrong on purpose. A counter goes down by one at each use. */
export interface FaultSettings {
  /** Milliseconds by which each API reply is late, after its effect is committed. */
  slowMs: number;
  /** So many POSTs are executed and committed, then the connection is cut instead of a reply. */
  dropReplies: number;
  /** So many creates (PaymentIntents, refunds) do nothing and return 500. */
  failCreates: number;
  /** So many creates are executed and return 500 all the same. */
  failCreatesAfterEffect: number;
  /** So many creates are refused with 400, as Stripe refuses what it will never do. */
  refuseCreates: number;
  /** So many requests are refused with 429, as Stripe refuses what is beyond its limit. */
  refuseRequests: number;
  /** Send webhooks twice, never, once they are released, or then with the last one first. */
  webhooks: 'deliver' | 'double' | 'lose' | 'hold' | 'reverse';
}

export const noFaults: Readonly<FaultSettings> = {
  slowMs: 0,
  dropReplies: 0,
  failCreates: 0,
  failCreatesAfterEffect: 0,
  refuseCreates: 0,
  refuseRequests: 0,
  webhooks: 'deliver',
};

/** Whether the fault is to happen now; counts it. */
export function take(
  faults: FaultSettings,
  counter: Exclude<keyof FaultSettings, 'slowMs' | 'webhooks'>,
): boolean {
  if (faults[counter] === 0) return false;
  faults[counter] -= 1;
  return true;
}
