import { createCounter, createGauge, type Logger, type Metrics } from '@shop/service-kit';
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { ProductPage, ProductSearch, SearchIndex, Suggestion } from './search-index.ts';

/** A search index that may be unavailable, and that stops when its caller waits no more. */
export interface RemoteSearchIndex {
  /** Whether there is an index at all. */
  usable(): boolean;
  /** Resolves when it answers searches: takes as long as one. */
  check(signal: AbortSignal): Promise<unknown>;
  /** Whether it can answer this search, and in the time of any other. */
  takes(search: ProductSearch, offset: number): boolean;
  search(search: ProductSearch, limit: number, offset: number, signal: AbortSignal): Promise<ProductPage>;
  suggest(text: string, limit: number, signal: AbortSignal): Promise<readonly Suggestion[]>;
}

export interface FallbackOptions {
  readonly name: string;
  readonly remote: RemoteSearchIndex;
  readonly fallback: SearchIndex;
  readonly logger: Logger;
  readonly metrics: Metrics;
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
 * Searches the remote index and, when it does not answer in time, the fallback. After some failures in a row the
 * breaker opens: one search a second tries the remote index until it answers again. What it does not take never
 * reaches it, so that no caller can open or close the breaker.
 */
export function createSearchWithFallback(options: FallbackOptions): SearchWithFallback {
  const { name, remote, fallback, logger, metrics, limitMs = 300 } = options;
  const limit = timeout(limitMs, TimeoutStrategy.Aggressive);
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: tryAgainAfterMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  });
  const guarded = wrap(breaker, limit);
  logChanges(breaker, name, logger);
  breaker.onStateChange(showState(name, metrics));
  const countFallback = fallbackCounter(name, metrics);
  // While one search tries whether it is back, the others would wait for that.
  const mayAsk = () => remote.usable() && breaker.state !== CircuitState.HalfOpen;

  async function firstRemote<T>(
    taken: boolean,
    ask: (signal: AbortSignal) => Promise<T>,
    askFallback: () => Promise<T>,
  ): Promise<T> {
    if (taken && mayAsk()) {
      try {
        return await guarded.execute(({ signal }) => ask(signal));
      } catch {
        // The breaker has seen it.
      }
    }
    countFallback();
    return askFallback();
  }

  return {
    index: {
      search: (search, limit, offset) =>
        firstRemote(
          remote.takes(search, offset),
          (signal) => remote.search(search, limit, offset, signal),
          () => fallback.search(search, limit, offset),
        ),
      suggest: (...args) =>
        firstRemote(
          true,
          (signal) => remote.suggest(...args, signal),
          () => fallback.suggest(...args),
        ),
    },
    check: async () => {
      if (!remote.usable()) throw new Error(`${name} is not ready yet`);
      // Only searches open the breaker; a check that goes well in between must not count for them.
      const policy = breaker.state === CircuitState.Closed ? limit : guarded;
      return policy.execute(({ signal }) => remote.check(signal));
    },
  };
}

/** Each attempt that fails opens the breaker again; that it does not answer is said once. */
function logChanges(breaker: CircuitBreakerPolicy, name: string, logger: Logger): void {
  let unavailable = false;
  breaker.onBreak((reason) => {
    if (unavailable) return;
    unavailable = true;
    const err = 'error' in reason ? reason.error : undefined;
    logger.warn({ err }, `${name} does not answer: searches go to the fallback`);
  });
  breaker.onReset(() => {
    unavailable = false;
    logger.info(`${name} answers again`);
  });
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
    help: 'Searches that went to the fallback: this engine was not ready, did not answer in time, or cannot at all.',
    labelNames: ['peer'],
  });
  counter.inc({ peer }, 0);
  return () => counter.inc({ peer });
}
