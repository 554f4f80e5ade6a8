import { BrokenCircuitError, CircuitState, createBreaker, type Metrics, withSpan } from '@shop/service-kit';
import { ExponentialBackoff, TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import Stripe from 'stripe';
import type { PaymentMetrics, StripeOutcome } from '../metrics.ts';
import { isReplayed, StripeUnavailableError } from './stripe-errors.ts';

export interface StripeLimits {
  /** Of one request. */
  readonly callMs: number;
  /** Of all the requests that belong together. */
  readonly totalMs: number;
}

/** The usual limits: somebody waits for the reply, with the order's checkout before and the publish after it. */
const usualLimits: StripeLimits = { callMs: 10_000, totalMs: 11_000 };

/** Sends one request, with the options that the SDK's call is to be given. */
export type StripeCall = <T>(
  operation: StripeOperation,
  send: (options: { readonly timeout: number }) => Promise<T>,
) => Promise<T>;

export type StripeOperation =
  | 'create-payment-intent'
  | 'retrieve-payment-intent'
  | 'cancel-payment-intent'
  | 'search-payment-intents'
  | 'create-refund';

export interface StripeCallsOptions {
  readonly metrics: PaymentMetrics;
  /** Shows the breaker. */
  readonly serviceMetrics?: Metrics;
  readonly limits?: StripeLimits | undefined;
}

/** After so many failures in a row Stripe is unavailable: nothing waits for it any more, and one request at a time asks. */
const failuresInARow = 3;
const askAgainAfterMs = { initialDelay: 500, maxDelay: 5_000 };

/**
 * The one way to Stripe. What it gives begins requests that belong together and share the total limit.
 * @throws StripeUnavailableError at once while Stripe is known to be unavailable, and when the time is over; else what Stripe said
 */
export function createStripeCalls({
  metrics,
  serviceMetrics,
  limits = usualLimits,
}: StripeCallsOptions): () => StripeCall {
  const breaker = createBreaker({
    peer: 'stripe',
    metrics: serviceMetrics,
    failures: failuresInARow,
    halfOpenAfter: new ExponentialBackoff(askAgainAfterMs),
  });

  return () => {
    const endsAt = performance.now() + limits.totalMs;
    return async (operation, send) => {
      const notSent = (why: string) => {
        metrics.stripeRequest(operation, 'not-sent');
        return new StripeUnavailableError(`Stripe was not asked: ${why}`);
      };
      const ms = Math.floor(Math.min(limits.callMs, endsAt - performance.now()));
      if (ms <= 0) throw notSent('the time for its answers is over');
      // The breaker would have every caller wait for the one that asks whether Stripe is back.
      if (breaker.state === CircuitState.HalfOpen) throw notSent('it does not answer');
      const report = (outcome: StripeOutcome, tookMs: number) =>
        metrics.stripeRequest(operation, outcome, tookMs);
      const answer = await breaker
        .execute(() => withSpan(spanOf(operation), () => ask(send, ms, report)))
        .catch((error: unknown) => {
          throw error instanceof BrokenCircuitError ? notSent('it does not answer') : error;
        });
      if ('refusal' in answer) throw answer.refusal;
      return answer.value;
    };
  };
}

const spanOf = (operation: StripeOperation) =>
  ({ name: `stripe ${operation}`, kind: 'client', attributes: { 'peer.service': 'stripe' } }) as const;

/** What Stripe said, or why it refused: both show that it is there. */
type Answer<T> = { readonly value: T } | { readonly refusal: unknown };

async function ask<T>(
  send: (options: { timeout: number }) => Promise<T>,
  ms: number,
  report: (outcome: StripeOutcome, tookMs: number) => void,
): Promise<Answer<T>> {
  const startedAt = performance.now();
  const ended = (outcome: StripeOutcome) => report(outcome, performance.now() - startedAt);
  try {
    // The SDK's own limit is one on silence only; it is there to close the connection.
    const value = await timeout(ms, TimeoutStrategy.Aggressive).execute(() => send({ timeout: ms }));
    ended('succeeded');
    return { value };
  } catch (error) {
    const outcome = outcomeOf(error);
    ended(outcome);
    if (error instanceof TaskCancelledError)
      throw new StripeUnavailableError(`Stripe did not answer in ${ms} ms`);
    // A failure that Stripe repeats is of another time.
    if (outcome === 'unreachable' || (outcome === 'failed' && !isReplayed(error))) throw error;
    return { refusal: error };
  }
}

function outcomeOf(error: unknown): StripeOutcome {
  if (error instanceof TaskCancelledError) return 'unreachable';
  if (error instanceof Stripe.errors.StripeConnectionError) return 'unreachable';
  return error instanceof Stripe.errors.StripeError && (error.statusCode ?? 0) >= 500 ? 'failed' : 'refused';
}
