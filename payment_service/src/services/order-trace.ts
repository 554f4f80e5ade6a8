import { continueTrace, currentTrace, withTrace } from '@shop/service-kit';
import type { Payment } from '../domain/payment.ts';

/**
 * Runs `work` in the trace that the payment's order began, so that a purchase is one trace from its order to its
 * webhook. A payment that knows of none changes nothing.
 */
export function inTraceOf<T>({ metadata }: Payment, work: () => T): T {
  if (metadata.traceparent === undefined) return work();
  return withTrace(continueTrace(currentTrace()?.requestId, metadata.traceparent), work);
}
