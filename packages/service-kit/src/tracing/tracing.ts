import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ConfigError, type Environment } from '../config/settings.ts';
import { tracing } from './trace.ts';

export interface TracingOptions {
  /** For tests: gets every span as it ends, whatever the environment says. */
  readonly exporter?: SpanExporter;
}

/**
 * Begins to make spans and to send them by OTLP over HTTP, when the environment asks for it
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `OTEL_TRACES_EXPORTER`); otherwise nothing
 * of OpenTelemetry's SDK is even loaded. Call it before the composition root. Further OTEL_* settings (sampler,
 * headers, batches, resource attributes) are read from the process's environment by the SDK itself.
 * @returns ends it: sends what is left, for at most two seconds; never rejects
 * @throws ConfigError for an exporter that is not `otlp`, `console` or `none`
 */
export async function startTracing(
  environment: Environment,
  serviceName: string,
  options: TracingOptions = {},
): Promise<() => Promise<void>> {
  const exporter = options.exporter ?? exporterKind(environment);
  if (exporter === 'none') return async () => {};
  const { openTracing } = await import('./sdk.ts');
  const close = openTracing(serviceName, exporter);
  tracing.on = true;
  return async () => {
    tracing.on = false;
    await close();
  };
}

function exporterKind(environment: Environment): 'none' | 'otlp' | 'console' {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return 'none';
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  const asked = environment['OTEL_TRACES_EXPORTER'] || (endpoint ? 'otlp' : 'none');
  if (asked === 'otlp' || asked === 'console' || asked === 'none') return asked;
  throw new ConfigError([`OTEL_TRACES_EXPORTER must be otlp, console or none, not ${asked}`]);
}
