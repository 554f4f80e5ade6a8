import type { RequestHandler } from 'express';
import type { Logger } from '../logger.ts';
import { currentTrace } from '../tracing/trace.ts';

/** One line for each reply, whole or cut off, but for what probes ask again and again. */
export function accessLog(logger: Logger, quietPaths: ReadonlySet<string>): RequestHandler {
  // Nothing in these lines can be a secret, and to look for one takes four times as long as to write the line.
  const lines = logger.child({}, { redact: [] });
  return (req, res, next) => {
    const { method, path } = req;
    if (quietPaths.has(path)) return next();
    const startedAt = performance.now();
    // A connection that breaks knows nothing of the request.
    const trace = currentTrace();
    const ids = trace && { requestId: trace.requestId, traceId: trace.traceparent.slice(3, 35) };
    res.once('close', () => {
      const { statusCode: status, writableFinished } = res;
      const responseTime = Math.round(performance.now() - startedAt);
      const line = { ...ids, req: { method, path }, res: { status }, responseTime };
      const message = writableFinished ? 'request completed' : 'request aborted';
      if (status >= 500) lines.warn(line, message);
      else lines.info(line, message);
    });
    next();
  };
}
