import Stripe from 'stripe';
import { PaymentRefusedError } from '../domain/payment-gateway.ts';
import { problem } from '../problems.ts';

/** Runs calls to Stripe and puts what the SDK throws into the shop's own terms. */
export async function inShopTerms<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Stripe.errors.StripeError ? translate(error) : error;
  }
}

/** True when Stripe refused with exactly this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === code;
}

/** Another request with the same idempotency key is being answered right now. */
export function isKeyBusy(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 409;
}

/**
 * The answer belongs to the idempotency key and not to the present: a failure that Stripe keeps under it, or a
 * key that an earlier release used with other parameters.
 */
export function isStoredFailure(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError) || isKeyBusy(error)) return false;
  return isReplayed(error) || error instanceof Stripe.errors.StripeIdempotencyError;
}

/** Stripe says again what it said under this key before. */
export function isReplayed(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.headers?.['idempotent-replayed'] === 'true';
}

function translate(error: Stripe.errors.StripeError): Error {
  const cause = new PaymentRefusedError(describe(error));
  if (error.code === 'resource_missing') return problem('payment-not-found');
  if (error instanceof Stripe.errors.StripeRateLimitError) return problem('stripe-busy', { cause });
  if (isUnavailable(error)) return problem('stripe-unavailable', { cause });
  if (error.param === 'amount' || error.param === 'currency')
    return problem('payment-not-possible', { cause });
  return cause;
}

/** A wrong key counts too: an operator corrects it, and nothing must be lost until then. */
function isUnavailable(error: Stripe.errors.StripeError): boolean {
  const kinds = [
    Stripe.errors.StripeConnectionError,
    Stripe.errors.StripeAPIError,
    Stripe.errors.StripeAuthenticationError,
    Stripe.errors.StripePermissionError,
  ];
  return kinds.some((kind) => error instanceof kind) || isKeyBusy(error) || (error.statusCode ?? 0) >= 500;
}

/** Stripe's errors carry whole PaymentIntents with their client secrets, and a logger writes all that it is given. */
function describe({ type, code, statusCode, requestId, message }: Stripe.errors.StripeError): string {
  const facts = [type, code, statusCode, requestId].filter((fact) => fact !== undefined).join(' ');
  return `Stripe: ${message} (${facts})`;
}
