import type { Tables, Write } from './state.ts';

/** Parameters as they come from a form: strings, or objects and lists of them. */
export type Params = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly body: object;
}

/**
 * One API request while it is executed. Execution is synchronous, so requests never interleave;
 * `writes` are committed together when it returns, and dropped when it throws.
 */
export interface ApiRequest {
  readonly id: string;
  readonly idempotencyKey: string | null;
  /** Where the client reached this server, for links that it is to follow. */
  readonly origin: string;
  /** From the path. */
  readonly target: string;
  readonly params: Params;
  readonly tables: Tables;
  readonly now: number;
  readonly writes: Write[];
}

export function ok(body: object): Reply {
  return { status: 200, body };
}
