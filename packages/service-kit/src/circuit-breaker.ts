import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
  type IBackoffFactory,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import { createGauge, type Metrics } from './metrics.ts';

export { BrokenCircuitError, CircuitState } from 'cockatiel';

export interface BreakerOptions {
  /** What is called: the label `peer` of `circuit_breaker_state`. */
  readonly peer: string;
  readonly metrics?: Metrics | undefined;
  /** After so many failures in a row calls are refused at once with a {@link BrokenCircuitError}. */
  readonly failures?: number;
  /** After so many milliseconds of that, one call is tried. */
  readonly halfOpenAfter?: number | IBackoffFactory<IHalfOpenAfterBackoffContext>;
}

/** A circuit breaker, shown in `circuit_breaker_state`: 0 lets calls out, 1 tries one, 2 refuses them. */
export function createBreaker(options: BreakerOptions): CircuitBreakerPolicy {
  const { peer, metrics, failures = 5, halfOpenAfter = 1_000 } = options;
  const breaker = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(failures) });
  if (metrics === undefined) return breaker;
  const state = createGauge(metrics.registry, {
    name: 'circuit_breaker_state',
    help: 'Calls to a peer: 0 go out (closed), 1 one is tried (half-open), 2 are refused (open).',
    labelNames: ['peer'],
  });
  const show = (now: CircuitState) => state.set({ peer }, shown[now] ?? 2);
  show(breaker.state);
  breaker.onStateChange(show);
  return breaker;
}

const shown: Partial<Record<CircuitState, number>> = { [CircuitState.Closed]: 0, [CircuitState.HalfOpen]: 1 };
