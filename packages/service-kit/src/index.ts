export { type Actor, actorOf, difference, type NewAuditEvent } from './audit/audit-event.ts';
export { type AuditPart, auditPartRoutes, auditQueryParser } from './audit/audit-list.ts';
export { type AuditEvent, type AuditQuery, auditCursor } from './audit/audit-repository.ts';
export { type AuditedTransaction, type AuditTrail, createAuditTrail } from './audit/audit-trail.ts';
export * from './auth/auth.ts';
export * from './auth/jwks.ts';
export * from './auth/peer-tokens.ts';
export * from './auth/remote-verifier.ts';
export { allowScope, type Scope, scopes } from './auth/scopes.ts';
export * from './auth/standings.ts';
export * from './circuit-breaker.ts';
export * from './config/settings.ts';
export * from './config/shared-settings.ts';
export * from './http/app.ts';
export { limitChangesAtOnce } from './http/changes-at-once.ts';
export * from './http/client.ts';
export { addressOf } from './http/counted-address.ts';
export * from './http/health.ts';
export { createInstances, type Instances, wasNotSent } from './http/instances.ts';
export { parseJson } from './http/json-body.ts';
export { allowLongRequest } from './http/long-requests.ts';
export { metricsPortOf } from './http/metrics-listener.ts';
export * from './http/request-rate.ts';
export { leaveInFlight } from './http/requests-in-flight.ts';
export * from './http/server.ts';
export * from './http/shares.ts';
export { requireUtf8Form, requireUtf8Request } from './http/text-encoding.ts';
export * from './http/trust-proxy.ts';
export * from './http/turns.ts';
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
export { createParsers, integer } from './openapi/parsers.ts';
export { type WithLock, withAdvisoryLock } from './postgres/advisory-lock.ts';
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
  outcomeProblems,
  requestProblems,
  tokenProblems,
} from './problems/problems.ts';
export * from './text.ts';
export { type SpanOptions, withSpan } from './tracing/spans.ts';
export { continueTrace, currentTrace, databaseTime, type Trace, withTrace } from './tracing/trace.ts';
export * from './tracing/tracing.ts';
