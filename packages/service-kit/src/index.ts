export * from './auth/auth.ts';
export * from './auth/jwks.ts';
export * from './circuit-breaker.ts';
export * from './config/settings.ts';
export * from './config/shared-settings.ts';
export * from './http/app.ts';
export * from './http/client.ts';
export * from './http/health.ts';
export { createInstances, type Instances, wasNotSent } from './http/instances.ts';
export { leaveInFlight } from './http/requests-in-flight.ts';
export * from './http/server.ts';
export { requireUtf8Form, requireUtf8Request } from './http/text-encoding.ts';
export * from './http/trust-proxy.ts';
export * from './lifecycle/dependencies.ts';
export * from './lifecycle/http-service.ts';
export * from './lifecycle/run-service.ts';
export * from './lifecycle/scheduler.ts';
export * from './lifecycle/shutdown-hooks.ts';
export * from './log-destination.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './openapi/contract-document.ts';
export * from './openapi/docs-page.ts';
export * from './openapi/openapi.ts';
export * from './postgres/migrations.ts';
export * from './postgres/pool-watch.ts';
export * from './postgres/postgres.ts';
export { checkWrites } from './postgres/write-check.ts';
export * from './problems/define-problems.ts';
export * from './problems/problem-handler.ts';
export {
  adminProblems,
  databaseProblems,
  keyProblems,
  requestProblems,
  tokenProblems,
} from './problems/problems.ts';
export * from './text.ts';
export { type SpanOptions, withSpan } from './tracing/spans.ts';
export { continueTrace, currentTrace, databaseTime, type Trace, withTrace } from './tracing/trace.ts';
export * from './tracing/tracing.ts';
