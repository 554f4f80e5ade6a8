import type { IncomingHttpHeaders } from 'node:http';
import { SpanStatusCode } from '@opentelemetry/api';
import {
  BrokenCircuitError,
  ExponentialBackoff,
  handleWhen,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { request } from 'undici';
import { createBreaker } from '../circuit-breaker.ts';
import { createHistogram, type Metrics, requestSeconds } from '../metrics.ts';
import { decodeUtf8 } from '../text.ts';
import { withSpan } from '../tracing/spans.ts';
import { currentTrace } from '../tracing/trace.ts';
import { createInstances } from './instances.ts';

export interface HttpClientOptions {
  /** The service that is called, for errors: `catalog_service`. */
  readonly name: string;
  /** Of its instances; see {@link createInstances}. */
  readonly urls: readonly string[];
  /**
   * What `send` throws when the service is unavailable; where a caller is to be told, of the calling service's
   * catalogue: `(cause) => problem('catalog-service-unavailable', { cause })`.
   */
  readonly unavailable: (cause: unknown) => Error;
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
  /** Names are in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/** After a reply nothing is left to abort, and an AbortError is made for nobody. */
const limit = { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false };

/**
 * HTTP between services: a limit on each attempt and on all, retries with jitter, on another instance where there is one,
 * a circuit breaker.
 */
export function createHttpClient(options: HttpClientOptions) {
  const { name, urls, unavailable, attemptMs = 1_000, totalMs = 2_500, metrics } = options;
  const durations = metrics && callDurations(metrics);
  const instances = createInstances(urls);
  const policy = wrap(
    timeout(totalMs, limit),
    retry(
      handleWhen((error) => !(error instanceof BrokenCircuitError)),
      { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 300 }) },
    ),
    createBreaker({ peer: name, metrics }),
    timeout(attemptMs, limit),
  );

  function attempt(given: HttpRequest, signal: AbortSignal, resends: number): Promise<HttpReply> {
    const { method, path } = given;
    const baseUrl = instances.next();
    const { hostname, port } = new URL(baseUrl);
    const server = { 'server.address': hostname, ...(port !== '' && { 'server.port': Number(port) }) };
    const attributes = {
      'http.request.method': method,
      ...server,
      'url.full': `${baseUrl}${path.split('?')[0]}`,
      'peer.service': name,
      ...(resends > 0 && { 'http.request.resend_count': resends }),
    };
    return withSpan({ name: `${method} ${name}`, kind: 'client', attributes }, async (span) => {
      const startedAt = performance.now();
      let status_code = 'none';
      try {
        const { statusCode, headers, body } = await request(`${baseUrl}${path}`, {
          ...optionsOf(given),
          signal,
        });
        status_code = String(statusCode);
        span?.setAttribute('http.response.status_code', statusCode);
        if (statusCode >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
        const text = decodeUtf8(Buffer.from(await body.arrayBuffer()));
        // Nothing of ours answers with a redirect: it is a proxy's, and not to be followed.
        if (statusCode >= 500 || (statusCode >= 300 && statusCode < 400))
          throw new Error(`answered ${statusCode}`);
        instances.replied(baseUrl, headers);
        return { status: statusCode, body: text === '' ? undefined : JSON.parse(text), headers };
      } catch (error) {
        instances.failed(baseUrl);
        throw error;
      } finally {
        durations?.observe({ peer: name, method, status_code }, (performance.now() - startedAt) / 1_000);
      }
    });
  }

  return {
    /**
     * Sends an idempotent request to another service and answers whatever it said below 500.
     * @throws what `unavailable` makes (503 with Retry-After) when it does not answer or answers 5xx: at once while
     * the breaker is open, and after `totalMs` at the latest.
     */
    send: async (request: HttpRequest): Promise<HttpReply> => {
      let attempts = 0;
      try {
        return await policy.execute(({ signal }) => attempt(request, signal, attempts++));
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

const callDurations = ({ registry }: Metrics) =>
  createHistogram(registry, {
    name: 'http_client_request_duration_seconds',
    help: 'Time of an attempt to call another service; status_code "none" when no reply came.',
    labelNames: ['peer', 'method', 'status_code'],
    buckets: requestSeconds,
  });

function optionsOf({ method, body, headers }: HttpRequest) {
  const trace = currentTrace();
  return {
    method,
    headers: {
      accept: 'application/json',
      ...(trace && { 'x-request-id': trace.requestId, traceparent: trace.traceparent }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
