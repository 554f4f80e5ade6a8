import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { AppError } from './errors.ts';
import { currentTrace } from './trace.ts';

export interface HttpClientOptions {
  /** The service that is called, for errors: `catalog_service`. */
  readonly name: string;
  readonly baseUrl: string;
  /** Limit of one attempt. */
  readonly attemptMs?: number;
  /** Limit of a call with all its attempts. */
  readonly totalMs?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpReply {
  readonly status: number;
  /** The parsed JSON; undefined when the reply had none. */
  readonly body: unknown;
  readonly headers: Headers;
}

export interface HttpClient {
  /**
   * Sends an idempotent request to another service and answers whatever it said below 500.
   * @throws AppError `unavailable` (503 with Retry-After) when it is away or answers 5xx: at once while the
   * breaker is open, and after `totalMs` at the latest.
   */
  send(request: HttpRequest): Promise<HttpReply>;
}

/** HTTP between services: a limit on each attempt and on all, retries with jitter, a circuit breaker. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { name, baseUrl, attemptMs = 1_000, totalMs = 2_500 } = options;
  const policy = createPolicy(attemptMs, totalMs);
  return {
    send: async (request) => {
      try {
        return await policy.execute(({ signal }) => attempt(baseUrl, request, signal));
      } catch (error) {
        const retryAfter = 1;
        const message = `${name} does not answer right now. Try again in a moment.`;
        throw new AppError('unavailable', `${name.replaceAll('_', '-')}-unavailable`, message, {
          cause: error,
          retryAfter,
        });
      }
    },
  };
}

function createPolicy(attemptMs: number, totalMs: number): IPolicy {
  const worthAnotherTry = handleWhen((error) => !(error instanceof BrokenCircuitError));
  return wrap(
    timeout(totalMs, TimeoutStrategy.Aggressive),
    retry(worthAnotherTry, {
      maxAttempts: 2,
      backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 300 }),
    }),
    circuitBreaker(handleAll, { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(5) }),
    timeout(attemptMs, TimeoutStrategy.Aggressive),
  );
}

async function attempt(baseUrl: string, request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
  const trace = currentTrace();
  const response = await fetch(`${baseUrl}${request.path}`, {
    method: request.method,
    signal,
    redirect: 'error',
    headers: {
      accept: 'application/json',
      ...(trace && { 'x-request-id': trace.requestId, traceparent: trace.traceparent }),
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  if (response.status >= 500) throw new UpstreamError(response.status);
  return { status: response.status, body: parseJson(text), headers: response.headers };
}

class UpstreamError extends Error {
  constructor(status: number) {
    super(`answered ${status}`);
    this.name = 'UpstreamError';
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`answered something that is not JSON: ${(error as Error).message}`);
  }
}
