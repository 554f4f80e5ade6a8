import { AppError, createCounter, createGauge, type Logger, type Metrics } from '@shop/service-kit';
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { ProductPage, ProductSearch, SearchIndex, Suggestion } from './search-index.ts';

/** A search index that may be away, and that stops looking when nobody waits any more. */
export interface RemoteSearchIndex {
  /** Whether there is anything to be asked. */
  usable(): boolean;
  /** Resolves when it answers searches. */
  check(signal: AbortSignal): Promise<unknown>;
  search(search: ProductSearch, limit: number, offset: number, signal: AbortSignal): Promise<ProductPage>;
  suggest(text: string, limit: number, signal: AbortSignal): Promise<readonly Suggestion[]>;
}

export interface FallbackOptions {
  readonly name: string;
  readonly remote: RemoteSearchIndex;
  readonly fallback: SearchIndex;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** How long a search waits for the remote index. */
  readonly limitMs?: number;
}

export interface SearchWithFallback {
  readonly index: SearchIndex;
  /** Rejects while searches go to the fallback; also tries whether they still have to. */
  check(): Promise<unknown>;
}

const failuresToOpen = 3;
const tryAgainAfterMs = 1_000;

/**
 * Searches the remote index and, when it does not answer in time, the other. After some failures in a row it is not
 * waited for at all, but tried by one search a second, until it answers again.
 */
export function createSearchWithFallback(options: FallbackOptions): SearchWithFallback {
  const { name, remote, fallback, logger, metrics, limitMs = 300 } = options;
  // A search that breaks a rule was answered.
  const isFailure = (error: unknown) => !(error instanceof AppError);
  const breaker = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: tryAgainAfterMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  });
  const policy = wrap(breaker, timeout(limitMs, TimeoutStrategy.Aggressive));
  breaker.onBreak((reason) => {
    const err = 'error' in reason ? reason.error : undefined;
    logger.warn({ err }, `${name} does not answer: searches go to the fallback`);
  });
  breaker.onReset(() => logger.info(`${name} answers again`));
  if (metrics !== undefined) breaker.onStateChange(showState(name, metrics));
  const countFallback = metrics === undefined ? () => {} : fallbackCounter(name, metrics);

  async function firstRemote<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    askFallback: () => Promise<T>,
  ): Promise<T> {
    const otherwise = () => {
      countFallback();
      return askFallback();
    };
    if (!remote.usable()) return otherwise();
    try {
      return await policy.execute(({ signal }) => ask(signal));
    } catch (error) {
      if (!isFailure(error)) throw error;
      return otherwise();
    }
  }

  return {
    index: {
      search: (...args) =>
        firstRemote(
          (signal) => remote.search(...args, signal),
          () => fallback.search(...args),
        ),
      suggest: (...args) =>
        firstRemote(
          (signal) => remote.suggest(...args, signal),
          () => fallback.suggest(...args),
        ),
    },
    check: async () => {
      if (!remote.usable()) throw new Error(`${name} is not ready yet`);
      return policy.execute(({ signal }) => remote.check(signal));
    },
  };
}

function showState(peer: string, { registry }: Metrics) {
  const gauge = createGauge(registry, {
    name: 'circuit_breaker_state',
    help: 'Calls to another service: 0 go out (closed), 1 one is tried (half-open), 2 are refused (open).',
    labelNames: ['peer'],
  });
  const show = (state: CircuitState) =>
    gauge.set({ peer }, state === CircuitState.Closed ? 0 : state === CircuitState.HalfOpen ? 1 : 2);
  show(CircuitState.Closed);
  return show;
}

function fallbackCounter(peer: string, { registry }: Metrics) {
  const counter = createCounter(registry, {
    name: 'search_fallbacks_total',
    help: 'Searches that were answered by the fallback, as this engine was not ready or did not answer in time.',
    labelNames: ['peer'],
  });
  counter.inc({ peer }, 0);
  return () => counter.inc({ peer });
}
