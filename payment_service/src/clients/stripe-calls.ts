import { BrokenCircuitError, CircuitState, createBreaker, type Metrics, withSpan } from '@shop/service-kit';
import { ExponentialBackoff, TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import Stripe from 'stripe';
import type { PaymentMetrics, StripeOutcome } from '../metrics.ts';
import { problem } from '../problems.ts';
import { isReplayed } from './stripe-errors.ts';

export interface StripeLimits {
  /** Of one request. */
  readonly callMs: number;
  /** Of all the requests that belong together. */
  readonly totalMs: number;
}

/** Somebody waits for the reply, with the order's checkout before it: within 4 s it is one, if only that Stripe is not. */
export const callerLimits: StripeLimits = { callMs: 3_000, totalMs: 3_300 };

/** Nobody waits for what an event asks for, and a refund may take Stripe longer. */
export const eventLimits: StripeLimits = { callMs: 10_000, totalMs: 11_000 };

/** Sends one request, by the SDK and with the options for its call. */
export type StripeCall = <T>(
  operation: string,
  send: (stripe: Stripe, options: { readonly timeout: number }) => Promise<T>,
) => Promise<T>;

/**
 * The one way to Stripe. Each function that comes of it is for requests that belong together and share the total limit.
 * @throws Problem `stripe-unavailable` at once while Stripe is known to be unavailable, and when the time is over;
 * else what the SDK throws. That Stripe takes no more requests at the moment shows that it is there.
 */
export function createStripeCalls(
  stripe: Stripe,
  metrics: PaymentMetrics,
  serviceMetrics: Metrics,
): (limits: StripeLimits) => StripeCall {
  const breaker = createBreaker({
    peer: 'stripe',
    metrics: serviceMetrics,
    failures: 3,
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 500, maxDelay: 5_000 }),
  });

  return (limits) => {
    const endsAt = performance.now() + limits.totalMs;
    return async (operation, send) => {
      const notSent = (why: string) => {
        metrics.stripeRequests.inc({ operation, outcome: 'not-sent' });
        return problem('stripe-unavailable', { cause: new Error(`Stripe was not asked: ${why}`) });
      };
      const ms = Math.floor(Math.min(limits.callMs, endsAt - performance.now()));
      if (ms <= 0) throw notSent('the time for its answers is over');
      // The breaker would have every caller wait for the one that asks whether Stripe is back.
      if (breaker.state === CircuitState.HalfOpen) throw notSent('it does not answer');
      const span = {
        name: `stripe ${operation}`,
        kind: 'client',
        attributes: { 'peer.service': 'stripe' },
      } as const;
      const startedAt = performance.now();
      const ended = (outcome: StripeOutcome) => {
        metrics.stripeRequests.inc({ operation, outcome });
        metrics.stripeDurations.observe({ operation }, (performance.now() - startedAt) / 1_000);
      };
      const answer = await breaker
        .execute(() => withSpan(span, () => ask(() => send(stripe, { timeout: ms }), ms, ended)))
        .catch((error: unknown) => {
          throw error instanceof BrokenCircuitError ? notSent('it does not answer') : error;
        });
      if ('refusal' in answer) throw answer.refusal;
      return answer.value;
    };
  };
}

/** What Stripe said, or why it refused: both show that it is there. */
type Answer<T> = { readonly value: T } | { readonly refusal: unknown };

async function ask<T>(
  send: () => Promise<T>,
  ms: number,
  ended: (outcome: StripeOutcome) => void,
): Promise<Answer<T>> {
  try {
    // The SDK's own limit is one on silence only; it is there to close the connection.
    const value = await timeout(ms, TimeoutStrategy.Aggressive).execute(send);
    ended('succeeded');
    return { value };
  } catch (error) {
    const outcome = outcomeOf(error);
    ended(outcome);
    // A failure that Stripe repeats is of another time.
    if (outcome === 'refused' || isReplayed(error)) return { refusal: error };
    throw error instanceof TaskCancelledError ? problem('stripe-unavailable', { cause: error }) : error;
  }
}

function outcomeOf(error: unknown): StripeOutcome {
  if (error instanceof TaskCancelledError) return 'unreachable';
  if (error instanceof Stripe.errors.StripeConnectionError) return 'unreachable';
  return error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500 ? 'failed' : 'refused';
}
