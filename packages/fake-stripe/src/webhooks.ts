import Stripe from 'stripe';
import type { FaultSettings } from './faults.ts';
import type { StripeEvent } from './objects.ts';
import type { State } from './state.ts';

export interface WebhookEndpoint {
  readonly url: string;
  /** What the endpoint verifies signatures with (`whsec_…`). */
  readonly secret: string;
}

/** Milliseconds before a webhook is sent again: `first`, doubled each time up to `cap`. */
export interface RetryDelays {
  readonly first: number;
  readonly cap: number;
}

export type Webhooks = ReturnType<typeof createWebhooks>;

const timeoutMs = 10_000;

export function createWebhooks(deps: {
  readonly state: State;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly faults: FaultSettings;
  readonly delays: RetryDelays;
  readonly log: (message: string) => void;
}) {
  const { state, endpoints, faults, delays, log } = deps;
  let held: StripeEvent[] = [];
  let stopping = new AbortController();

  /** Sends a committed event until every endpoint has accepted it: at least once, in no promised order. */
  function send(event: StripeEvent, attempt = 0): void {
    if (faults.webhooks === 'lose') settle(event);
    else if (faults.webhooks === 'hold' || faults.webhooks === 'reverse') held.push(event);
    else void deliver(event, attempt);
  }

  async function deliver(event: StripeEvent, attempt: number): Promise<void> {
    const { signal } = stopping;
    const targets = faults.webhooks === 'double' ? [...endpoints, ...endpoints] : endpoints;
    const accepted = await Promise.all(targets.map((endpoint) => post(endpoint, event, signal)));
    if (signal.aborted) return;
    if (accepted.every(Boolean)) return settle(event);
    if (attempt === 0) log(`webhook ${event.type} ${event.id} was not accepted and is sent again`);
    const again = () => {
      if (!signal.aborted) send(event, attempt + 1);
    };
    setTimeout(again, Math.min(delays.cap, delays.first * 2 ** attempt)).unref();
  }

  function settle({ id }: StripeEvent): void {
    state.put('unsent_events', id, null);
    state.commit();
  }

  return {
    send,
    /** Sends all events that were not accepted before. */
    start() {
      stopping = new AbortController();
      held = [];
      for (const event of state.unsent_events.values()) send(event);
    },
    /** Cuts what is being sent. */
    stop: () => stopping.abort(),
    /** Sends what is held; resolves when each event was tried once. */
    async release() {
      const events = faults.webhooks === 'reverse' ? held.reverse() : held;
      held = [];
      faults.webhooks = 'deliver';
      for (const event of events) await deliver(event, 0);
    },
  };
}

/** Whether the endpoint accepted the event. */
async function post(
  { url, secret }: WebhookEndpoint,
  event: StripeEvent,
  stop: AbortSignal,
): Promise<boolean> {
  // Indented as Stripe sends it: a receiver that verifies re-serialised JSON fails here as it would there.
  const payload = JSON.stringify(event, null, 2);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: payload,
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Stripe-Signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }),
      },
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
