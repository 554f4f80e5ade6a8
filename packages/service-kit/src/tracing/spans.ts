import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  trace as otel,
  type Span,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import { continueTrace, tracing, withTrace } from './trace.ts';

export interface SpanOptions {
  /** Low in number, as a label is: the operation and what it is done to, never an id. */
  readonly name: string;
  readonly kind?: Lowercase<keyof typeof SpanKind>;
  /** The service that does it; by default that of the span around it. It becomes the instrumentation scope. */
  readonly service?: string | undefined;
  /** Named as OpenTelemetry's semantic conventions name them. */
  readonly attributes?: Attributes;
  /** The traceparent that it continues; by default the current span. */
  readonly parent?: string | undefined;
}

/**
 * Runs `work` within a span of its own; without tracing it just runs it. Use it around calls to third parties. `work`
 * gets the span, to add what it learns; undefined when off.
 */
export function withSpan<T>(options: SpanOptions, work: (span?: Span) => Promise<T>): Promise<T> {
  if (!tracing.on) return work();
  const { parent } = options;
  if (parent === undefined) return runInSpan(options, work);
  return withTrace(continueTrace(undefined, parent), () => runInSpan(options, work));
}

async function runInSpan<T>(options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  const { span, within } = startSpan(options);
  try {
    return await context.with(within, () => work(span));
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
    span.setAttribute('error.type', (error as Error).name);
    throw error;
  } finally {
    span.end();
  }
}

const serviceKey = createContextKey('service');

/** Begins a span, for those who must end it themselves, and the context in which it is current. */
export function startSpan(options: SpanOptions): { readonly span: Span; readonly within: Context } {
  const { name, kind = 'internal', attributes = {} } = options;
  const active = context.active();
  const service = options.service ?? String(active.getValue(serviceKey) ?? 'shop');
  const spanKind = SpanKind[kind.toUpperCase() as keyof typeof SpanKind];
  const span = otel.getTracer(service).startSpan(name, { kind: spanKind, attributes }, active);
  return { span, within: otel.setSpan(active, span).setValue(serviceKey, service) };
}
