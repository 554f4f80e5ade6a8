import { context, SpanStatusCode } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import { routeOf } from './route.ts';
import { startSpan } from './spans.ts';
import { continueTrace, tracing, withTrace } from './trace.ts';

/** What a caller waits at most for all answers of the database together, before it is told 503. */
const databaseMs = 2_500;

/** Runs each request within the trace that it brings, or a new one, and in a server span when spans are made. */
export function requestTrace(service: string, quietPaths: ReadonlySet<string>): RequestHandler {
  return (req, res, next) => {
    const trace = continueTrace(req.get('x-request-id'), req.get('traceparent'));
    res.setHeader('X-Request-Id', trace.requestId);
    const spanned = tracing.on && !quietPaths.has(req.path);
    withTrace(trace, spanned ? () => inServerSpan(service, req, res, next) : next, databaseMs);
  };
}

function inServerSpan(service: string, req: Request, res: Response, next: () => void): void {
  const { method, protocol, path } = req;
  const { span, within } = startSpan({
    name: method,
    kind: 'server',
    service,
    attributes: { 'http.request.method': method, 'url.scheme': protocol, 'url.path': path },
  });
  // Comes after a reply that is whole, and after one that was cut.
  res.once('close', () => {
    const pattern = routeOf(req);
    if (pattern !== 'none') span.updateName(`${method} ${pattern}`).setAttribute('http.route', pattern);
    span.setAttribute('http.response.status_code', res.statusCode);
    if (res.statusCode >= 500) {
      span.setAttribute('error.type', String(res.statusCode)).setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  });
  context.with(within, next);
}
