import { CircuitState, createBreaker, createCounter, type Logger, type Metrics } from '@shop/service-kit';
import { type CircuitBreakerPolicy, TimeoutStrategy, timeout, wrap } from 'cockatiel';
import type { ProductSearch, SearchIndex } from '../domain/search-index.ts';

/** A search index that may be unavailable. */
export interface RemoteSearchIndex extends SearchIndex {
  /** Resolves when it answers searches: takes as long as one. */
  check(signal: AbortSignal): Promise<unknown>;
  /** Whether it can answer this search, and in the time of any other. */
  takes(search: ProductSearch, offset: number): boolean;
}

export interface FallbackOptions {
  readonly name: string;
  /** Undefined as long as there is no index. */
  readonly remote: () => RemoteSearchIndex | undefined;
  readonly fallback: SearchIndex;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How long a search waits for the remote index. */
  readonly limitMs?: number;
}

/**
 * Searches the remote index and, when it does not answer in time, the fallback. After three failures in a row the
 * breaker opens: one search a second tries the remote index until it answers again. What it does not take never
 * reaches it, so that no caller can open or close the breaker.
 */
export function createSearchWithFallback(options: FallbackOptions) {
  const { name, remote, fallback, logger, metrics, limitMs = 300 } = options;
  const limit = timeout(limitMs, TimeoutStrategy.Aggressive);
  const breaker = createBreaker({ peer: name, metrics, failures: 3 });
  const guarded = wrap(breaker, limit);
  logChanges(breaker, name, logger);
  const fallbacks = createCounter(metrics.registry, {
    name: 'search_fallbacks_total',
    help: 'Searches that went to the fallback: this engine was not ready, did not answer in time, or cannot at all.',
    labelNames: ['peer'],
  });
  fallbacks.inc({ peer: name }, 0);

  async function remoteFirst<T>(
    ask: (index: SearchIndex, signal?: AbortSignal) => Promise<T>,
    takes = (_: RemoteSearchIndex) => true,
  ): Promise<T> {
    const index = remote();
    // While one search tries whether it is back, the others would wait for that.
    if (index !== undefined && takes(index) && breaker.state !== CircuitState.HalfOpen) {
      try {
        return await guarded.execute(({ signal }) => ask(index, signal));
      } catch {
        // The breaker has seen it.
      }
    }
    fallbacks.inc({ peer: name });
    return ask(fallback);
  }

  const withFallback: SearchIndex = {
    search: (search, max, offset) =>
      remoteFirst(
        (index, signal) => index.search(search, max, offset, signal),
        (index) => index.takes(search, offset),
      ),
    suggest: (text, max) => remoteFirst((index, signal) => index.suggest(text, max, signal)),
  };
  return {
    index: withFallback,
    /** Rejects while searches go to the fallback; also tries whether they still have to. */
    check: async () => {
      const index = remote();
      if (index === undefined) throw new Error(`${name} is not ready yet`);
      // Only searches open the breaker; a check that goes well in between must not count for them.
      const policy = breaker.state === CircuitState.Closed ? limit : guarded;
      return policy.execute(({ signal }) => index.check(signal));
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
