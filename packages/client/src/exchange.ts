import createClient from 'openapi-fetch';
import type { Operation } from './operation.ts';
import { isProblem, ownProblem } from './problems.ts';
import type { AnyProblem } from './types.ts';

/** What came of a request, before anyone says which operation's it is. */
export type Answer =
  | { readonly data: unknown; readonly problem?: undefined; readonly response: Response }
  | {
      readonly data?: undefined;
      readonly problem: AnyProblem;
      readonly retryAfter: number | undefined;
      readonly response: Response | undefined;
    };

export type Input = Readonly<Record<string, unknown>>;
export type Exchange = ReturnType<typeof createExchange>;

export interface ExchangeOptions {
  readonly url: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly timeoutMs: number;
}

type SendByFetch = (
  method: string,
  path: string,
  init: object,
) => Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>;

/** Sends one request and reads its reply, or begins to, if that is a stream. */
export function createExchange({ url, fetch, timeoutMs }: ExchangeOptions) {
  // Its own types are of one contract; those of all of them stand in types.ts.
  const request = createClient({ baseUrl: url }).request as unknown as SendByFetch;

  /** @throws the reason of `signal`, or a TypeError when there can be no such request */
  return async (
    operation: Operation,
    input: Input,
    { token, signal }: { readonly token?: string | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<Answer> => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const { body, ...parameters } = input;
    let sent = false;
    try {
      const { data, error, response } = await request(operation.method, operation.path, {
        fetch: (outgoing: Request) => {
          sent = true;
          return fetch(outgoing);
        },
        params: byPlace(operation, parameters),
        headers: {
          authorization: token && `Bearer ${token}`,
          'content-type': operation.ndjson ? 'application/x-ndjson' : undefined,
        },
        body,
        bodySerializer: operation.ndjson ? String : JSON.stringify,
        parseAs: operation.stream ? 'stream' : operation.ndjson ? 'text' : 'json',
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      if (response.ok) return { data, response };
      return { problem: problemOf(error, response), retryAfter: retryAfterOf(response), response };
    } catch (error) {
      signal?.throwIfAborted();
      // There is no such request.
      if (!sent) throw error;
      const problem =
        error instanceof SyntaxError
          ? ownProblem('unexpected-reply', 0, 'What answered is not the shop.')
          : ownProblem('network-error', 0, `The shop cannot be reached: ${messageOf(error)}`);
      return { problem, retryAfter: undefined, response: undefined };
    } finally {
      clearTimeout(timer);
    }
  };
}

function byPlace({ path }: Operation, parameters: Input) {
  const params: Record<'path' | 'header' | 'query', Record<string, unknown>> = {
    path: {},
    header: {},
    query: {},
  };
  for (const [name, value] of Object.entries(parameters)) {
    const place = path.includes(`{${name}}`) ? 'path' : /^[A-Z]/.test(name) ? 'header' : 'query';
    params[place][name] = value;
  }
  return params;
}

/** A proxy before the shop answers with a page of its own. */
const problemOf = (error: unknown, { status }: Response): AnyProblem =>
  isProblem(error)
    ? error
    : ownProblem('unexpected-reply', status, `What answered ${status} is not the shop.`);

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : undefined;
}

const messageOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
};
