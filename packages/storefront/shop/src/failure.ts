import { ProblemError } from '@shop/client';

/** The bank, or Stripe, has refused; the message is theirs, for the customer. Another try is as good as the first. */
export class Declined extends Error {}

/** What can be said of a failure. */
export interface Failure {
  readonly code: string;
  readonly requestId?: string | undefined;
  /** Which fields of the request are wrong, and why. */
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly shortages?: readonly {
    readonly productId: number;
    readonly name?: string;
    readonly available: number;
  }[];
  readonly products?: readonly { readonly productId: number; readonly name: string }[];
}

/** Of what a request threw. Whatever is no problem of the API's is a fault of this page. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ProblemError)) return { code: 'fault-of-page', errors: [] };
  return { errors: [], ...error.problem };
}
