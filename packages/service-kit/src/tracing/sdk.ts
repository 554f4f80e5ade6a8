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
import { TimeoutStrategy, timeout } from 'cockatiel';

type Exporter = SpanExporter | 'otlp' | 'console';

/** A collector that is down must not delay a shutdown. */
const closeLimit = timeout(2_000, TimeoutStrategy.Aggressive);

/**
 * Registers OpenTelemetry's provider for this process. Only `startTracing` imports this module, and only when
 * spans are asked for: it is what loads the SDK.
 */
export function openTracing(serviceName: string, exporter: Exporter): () => Promise<void> {
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
    await closeLimit.execute(() => provider.shutdown()).catch(() => {});
  };
}

function createProcessor(exporter: Exporter) {
  if (exporter === 'console') return new SimpleSpanProcessor(new ConsoleSpanExporter());
  if (exporter === 'otlp') return new BatchSpanProcessor(new OTLPTraceExporter());
  return new SimpleSpanProcessor(exporter);
}
