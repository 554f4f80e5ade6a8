import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { context, trace as otel, type SpanContext } from '@opentelemetry/api';

/**
 * Whether spans are made: set by `startTracing` alone. It holds for the whole process, as OpenTelemetry's own
 * provider does; while it is off nothing asks OpenTelemetry anything.
 */
export const tracing = { on: false };

/** What ties together all that one request causes, in every service: W3C trace context and the request's id. */
export interface Trace {
  readonly requestId: string;
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent: string;
}

/** How long a request may still wait for the database, in milliseconds; each wait takes away from it. */
export interface DatabaseTime {
  leftMs: number;
}

const storage = new AsyncLocalStorage<{ trace: Trace; databaseTime: DatabaseTime | undefined }>();

/** The trace of the request or event being handled, if any; while spans are made, at the current span. */
export function currentTrace(): Trace | undefined {
  const trace = storage.getStore()?.trace;
  const span = activeSpan();
  if (span === undefined) return trace;
  return { requestId: trace?.requestId ?? span.traceId, traceparent: traceparentOf(span) };
}

/** What is left of the current request's time for the database; events and periodic jobs have no such limit. */
export const databaseTime = (): DatabaseTime | undefined => storage.getStore()?.databaseTime;

/**
 * Runs `work`, and all that it awaits, within a trace; the spans that it makes are children of `traceparent`.
 * @param databaseMs limits how long all of `work` together may wait for the database
 */
export function withTrace<T>(trace: Trace, work: () => T, databaseMs?: number): T {
  const time = databaseMs === undefined ? undefined : { leftMs: databaseMs };
  return storage.run({ trace, databaseTime: time }, tracing.on ? () => inContextOf(trace, work) : work);
}

/**
 * Continues the trace that a caller sent, or begins one; ill-formed values are replaced, never passed on. While
 * spans are made, a caller that sent none means the current trace, if there is one.
 */
export function continueTrace(requestId: string | undefined, traceparent: string | undefined): Trace {
  const id = requestId !== undefined && wellFormedRequestId.test(requestId) ? requestId : randomUUID();
  if (traceparent !== undefined && wellFormedTraceparent.test(traceparent)) {
    return { requestId: id, traceparent };
  }
  const span = activeSpan();
  if (span !== undefined) return { requestId: id, traceparent: traceparentOf(span) };
  const trace = {
    requestId: id,
    traceparent: `00-${randomHex()}-${randomHex().slice(-16)}-01`,
  };
  begun.add(trace);
  return trace;
}

/** 32 digits. Node keeps random UUIDs in stock, and other random bytes not. */
const randomHex = () => randomUUID().replaceAll('-', '');

const wellFormedTraceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const wellFormedRequestId = /^[A-Za-z0-9._:-]{1,128}$/;

/** Traces that nobody sent: their traceparent names no span, so the first span within them has no parent. */
const begun = new WeakSet<Trace>();

const activeSpan = () => (tracing.on ? otel.getActiveSpan()?.spanContext() : undefined);

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext) =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

function inContextOf<T>(trace: Trace, work: () => T): T {
  if (begun.has(trace)) return context.with(otel.deleteSpan(context.active()), work);
  const parent = spanContextOf(trace.traceparent);
  if (parent.spanId === activeSpan()?.spanId) return work();
  return context.with(otel.setSpanContext(context.active(), parent), work);
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
