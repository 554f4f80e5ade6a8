import { SpanStatusCode } from '@opentelemetry/api';
import {
  BrokenCircuitError,
  ExponentialBackoff,
  handleWhen,
  type IPolicy,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { createBreaker } from '../circuit-breaker.ts';
import { type CallMetrics, type Metrics, observeCalls } from '../metrics.ts';
import type { Problem } from '../problems/define-problems.ts';
import { withSpan } from '../tracing/spans.ts';
import { currentTrace } from '../tracing/trace.ts';

export interface HttpClientOptions {
  /** The service that is called, for errors: `catalog_service`. */
  readonly name: string;
  readonly baseUrl: string;
  /**
   * What `send` throws when the service is unavailable, of the calling service's catalogue:
   * `(cause) => problem('catalog-service-unavailable', { cause })`.
   */
  readonly unavailable: (cause: unknown) => Problem;
  /** Limit of one attempt. */
  readonly attemptMs?: number;
  /** Limit of a call with all its attempts. */
  readonly totalMs?: number;
  /** Measures every attempt, and shows the state of the breaker. */
  readonly metrics?: Metrics | undefined;
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
   * @throws what `unavailable` makes (503 with Retry-After) when it does not answer or answers 5xx: at once while
   * the breaker is open, and after `totalMs` at the latest.
   */
  send(request: HttpRequest): Promise<HttpReply>;
}

/** HTTP between services: a limit on each attempt and on all, retries with jitter, a circuit breaker. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { name, baseUrl, unavailable, metrics } = options;
  const calls = metrics && observeCalls(metrics, name);
  const policy = createPolicy(options);
  return {
    send: async (request) => {
      let attempts = 0;
      try {
        return await policy.execute(({ signal }) =>
          attempt({ name, baseUrl, request, signal, resends: attempts++, calls }),
        );
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

function createPolicy({ name, attemptMs = 1_000, totalMs = 2_500, metrics }: HttpClientOptions): IPolicy {
  const worthAnotherTry = handleWhen((error) => !(error instanceof BrokenCircuitError));
  return wrap(
    timeout(totalMs, TimeoutStrategy.Aggressive),
    retry(worthAnotherTry, {
      maxAttempts: 2,
      backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 300 }),
    }),
    createBreaker({ peer: name, metrics }),
    timeout(attemptMs, TimeoutStrategy.Aggressive),
  );
}

interface Attempt {
  readonly name: string;
  readonly baseUrl: string;
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  readonly resends: number;
  readonly calls: CallMetrics | undefined;
}

function attempt({ name, baseUrl, request, signal, resends, calls }: Attempt): Promise<HttpReply> {
  const { method, path } = request;
  const { hostname, port, href } = new URL(`${baseUrl}${path.split('?')[0]}`);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    ...(port !== '' && { 'server.port': Number(port) }),
    'url.full': href,
    'peer.service': name,
    ...(resends > 0 && { 'http.request.resend_count': resends }),
  };
  return withSpan({ name: `${method} ${name}`, kind: 'client', attributes }, async (span) => {
    const startedAt = performance.now();
    let statusCode = 'none';
    try {
      return await exchange(baseUrl, request, signal, (status) => {
        statusCode = String(status);
        span?.setAttribute('http.response.status_code', status);
        if (status >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
      });
    } finally {
      calls?.attempt(method, statusCode, (performance.now() - startedAt) / 1_000);
    }
  });
}

async function exchange(
  baseUrl: string,
  request: HttpRequest,
  signal: AbortSignal,
  onStatus: (status: number) => void,
): Promise<HttpReply> {
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
  onStatus(response.status);
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
