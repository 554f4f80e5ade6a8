export interface ErrorBody {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly message: string;
  readonly code?: string | undefined;
  readonly param?: string;
  readonly [detail: string]: unknown;
}

/**
 * A request that Stripe does not execute: a wrong key, invalid parameters. Such an error is not stored under the
 * idempotency key. One that is stored, a declined card for instance, is returned as a reply and not thrown.
 */
export class StripeError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.name = 'StripeError';
    this.status = status;
    this.body = body;
  }
}

export function invalidParameter(param: string, message: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, param, code });
}

export function notFound(what: string, id: string, param: string): StripeError {
  const message = `No such ${what}: '${id}'`;
  return new StripeError(404, { type: 'invalid_request_error', code: 'resource_missing', message, param });
}

/** What Stripe returns when it fails itself. */
export const serverError: ErrorBody = {
  type: 'api_error',
  message: 'Sorry! There was an error while talking to Stripe. Please try again.',
};

/** What Stripe returns beyond its limit: https://docs.stripe.com/rate-limits */
export const rateLimited: ErrorBody = {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Request rate limit exceeded.',
};

/** What Stripe returns for what it will never do. */
export const refusal: ErrorBody = {
  type: 'invalid_request_error',
  code: 'charge_disputed',
  message: 'This charge is disputed and cannot be refunded.',
};
