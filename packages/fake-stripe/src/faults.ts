/**
 * `deliver` is the ordinary way; `double` sends each webhook twice; `lose` forgets it; `hold` keeps
 * it until release; `reverse` as `hold`, and the last one first on release.
 */
export type WebhookMode = 'deliver' | 'double' | 'lose' | 'hold' | 'reverse';

/** What goes wrong on purpose. Counters go down by one at each use. */
export interface FaultSettings {
  /** Milliseconds by which each API reply is late, after its effect is committed. */
  slowMs: number;
  /** So many POSTs are executed and committed, then the connection is cut instead of a reply. */
  dropReplies: number;
  /** So many creates (PaymentIntents, refunds) do nothing and answer 500. */
  failCreates: number;
  /** So many creates are carried out and answer 500 all the same. */
  failCreatesAfterEffect: number;
  webhooks: WebhookMode;
}

export interface FaultControl {
  /** Changes some settings; `webhooks: 'deliver'` also releases what is held. */
  set(change: Partial<FaultSettings>): void;
  /** No faults any more; held webhooks are released. */
  reset(): void;
  /** Sends held webhooks one after the other and goes back to `deliver`; resolves when each was tried once. */
  releaseWebhooks(): Promise<void>;
}

type Counter = 'dropReplies' | 'failCreates' | 'failCreatesAfterEffect';

export const NO_FAULTS: Readonly<FaultSettings> = {
  slowMs: 0,
  dropReplies: 0,
  failCreates: 0,
  failCreatesAfterEffect: 0,
  webhooks: 'deliver',
};

/** Counts one use down; whether the fault is to happen now. */
export function take(settings: FaultSettings, counter: Counter): boolean {
  if (settings[counter] === 0) return false;
  settings[counter] -= 1;
  return true;
}
