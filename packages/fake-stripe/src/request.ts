import type { StripeEvent } from './objects.ts';
import type { Params } from './params.ts';
import type { State } from './state.ts';

export interface Reply {
  readonly status: number;
  readonly body: object;
}

/** What a handler gets. A handler runs without an `await`, and throws before its first `put` or not at all. */
export interface ApiRequest {
  readonly id: string;
  readonly path: string;
  readonly idempotencyKey: string | null;
  /** Where the client reached this server, for links that it is to follow. */
  readonly origin: string;
  /** From the path. */
  readonly target: string;
  readonly params: Params;
  readonly state: State;
  readonly now: number;
  /** Events that the request caused; they are sent once it is committed. */
  readonly events: StripeEvent[];
}

export function ok(body: object): Reply {
  return { status: 200, body };
}
