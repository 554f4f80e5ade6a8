import type { PaymentIntent } from './objects.ts';

export interface ErrorBody {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly payment_intent?: object;
  readonly [detail: string]: unknown;
}

/**
 * A refusal in Stripe's shape. Thrown before anything is changed, so nothing is committed with it.
 * `replayable` says whether Stripe keeps it under the idempotency key: it does once the request was
 * executed, it does not when the parameters were invalid or the key was busy.
 */
export class StripeError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly replayable: boolean;

  constructor(status: number, body: ErrorBody, options: { replayable: boolean }) {
    super(body.message);
    this.name = 'StripeError';
    this.status = status;
    this.body = body;
    this.replayable = options.replayable;
  }
}

export function invalidParameter(param: string, message: string, code?: string): StripeError {
  const body = { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) } as const;
  return new StripeError(400, body, { replayable: false });
}

export function missingParameter(param: string): StripeError {
  return invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
}

export function noSuch(what: string, id: string, param: string): StripeError {
  const message = `No such ${what}: '${id}'`;
  return new StripeError(
    404,
    { type: 'invalid_request_error', code: 'resource_missing', message, param },
    { replayable: false },
  );
}

export function unexpectedState(message: string, intent: PaymentIntent): StripeError {
  return new StripeError(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      message,
      payment_intent: intent,
    },
    { replayable: true },
  );
}

/** What Stripe answers when it is Stripe that broke. */
export const SERVER_ERROR: ErrorBody = {
  type: 'api_error',
  message: 'Sorry! There was an error while talking to Stripe. Please try again.',
};
