export * from './auth.ts';
export * from './config.ts';
export * from './contract-document.ts';
export * from './define-problems.ts';
export * from './dependencies.ts';
export * from './docs-page.ts';
export * from './errors.ts';
export * from './health.ts';
export * from './http-app.ts';
export * from './http-client.ts';
export * from './http-server.ts';
export * from './jwks.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './migrations.ts';
export * from './openapi.ts';
export * from './openapi-document.ts';
export * from './openapi-replies.ts';
export * from './pool-watch.ts';
export * from './postgres.ts';
export * from './problem.ts';
export {
  adminProblems,
  databaseProblems,
  keyProblems,
  problemTypeBase,
  requestProblems,
  tokenProblems,
} from './problems.ts';
export * from './releasers.ts';
export { leaveInFlight } from './requests-in-flight.ts';
export * from './service.ts';
export * from './service-life.ts';
export * from './shared-settings.ts';
export * from './trace.ts';
export * from './tracing.ts';
export { inSpan, type SpanOptions, withSpan } from './tracing-spans.ts';
export * from './trust-proxy.ts';
