import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  SimpleSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';

/** A collector that is away must not hold up a shutdown. */
const closeLimitMs = 2_000;

/**
 * Registers OpenTelemetry's provider for this process. Only `startTracing` imports this module, and only when
 * spans are asked for: it is what loads the SDK.
 */
export function openTracing(
  serviceName: string,
  exporter: SpanExporter | 'none' | 'otlp' | 'console',
): () => Promise<void> {
  const provider = new BasicTracerProvider({
    // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes last, and counts.
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [createProcessor(exporter)],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return async () => {
    trace.disable();
    context.disable();
    await within(closeLimitMs, provider.shutdown()).catch(() => {});
  };
}

function createProcessor(exporter: SpanExporter | 'none' | 'otlp' | 'console') {
  if (exporter === 'console') return new SimpleSpanProcessor(new ConsoleSpanExporter());
  if (typeof exporter === 'string') return new BatchSpanProcessor(new OTLPTraceExporter());
  return new SimpleSpanProcessor(exporter);
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
