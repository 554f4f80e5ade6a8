import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { stdSerializers } from 'pino';
import type { Logger } from '../logger.ts';
import { databaseIsUnavailable, hasDatabaseCode } from '../postgres/postgres.ts';
import { currentTrace } from '../tracing/trace.ts';
import { nothingDoneHeader, Problem } from './define-problems.ts';
import { problem } from './problems.ts';

/** Answers every request that no route took: 404 `route-not-found`. */
export const routeNotFound: RequestHandler = (req) => {
  throw problem('route-not-found', { detail: `There is no ${req.method} ${req.path} here.` });
};

/**
 * The one place where errors become replies: `application/problem+json` (RFC 9457) with a stable `code`.
 * An error that is not an {@link Problem} is a bug: its stack goes to the log, and the caller gets a bare 500.
 */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (thrown, req, res, next) => {
    const error = asProblem(thrown);
    if (error === undefined)
      logger.error({ err: thrown, method: req.method, path: req.path }, 'unexpected error');
    else if (error.status === 503 || error.status === 504)
      logger.warn(
        { code: error.code, why: whyOf(error), path: req.path },
        `a request was answered ${error.status}`,
      );
    // Too late for a clean answer: Express closes the connection, so the client sees a cut reply, not a wrong one.
    if (res.headersSent) return next(thrown);
    sendProblem(res, `${prefixOf(req)}${req.originalUrl}`, error);
  };
}

/** Without their stacks, which say nothing of what is unavailable, and fill the log while it is. */
const whyOf = (error: Error): string => stdSerializers.err(error).message.slice(0, longestWhy);
const longestWhy = 1_000;

/**
 * What a gateway took away from the path before it passed the request on. From any caller: it is told nothing but what it
 * has said itself.
 */
function prefixOf(req: Request): string {
  const prefix = req.get('x-forwarded-prefix') ?? '';
  return /^(\/[\w.~-]{1,40}){1,4}$/.test(prefix) ? prefix : '';
}

function sendProblem(res: Response, instance: string, error = problem('internal-error')): void {
  const { status, errors, details, retryAfter, nothingDone } = error;
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  if (nothingDone) res.set(nothingDoneHeader, '1');
  if (status === 401) res.set('WWW-Authenticate', 'Bearer');
  res.locals['code'] = error.code;
  res
    .status(status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        ...details,
        ...error.toJSON(),
        instance: instance.split('?')[0],
        requestId: currentTrace()?.requestId,
        ...(errors && { errors }),
      }),
    );
}

/** Errors that Express and its body parser throw, in our own words. */
function asProblem(thrown: unknown): Problem | undefined {
  if (thrown instanceof Problem) return thrown;
  const { type, status } = (thrown ?? {}) as { type?: unknown; status?: unknown };
  const translated = typeof type === 'string' ? parserErrors[type] : undefined;
  if (translated !== undefined) return problem(translated, { cause: thrown });
  if (hasDatabaseCode(thrown, 'OUTCOME_UNKNOWN')) return problem('outcome-unknown', { cause: thrown });
  if (databaseIsUnavailable(thrown)) return problem('database-unavailable', { cause: thrown });
  // PostgreSQL takes no NUL and no half of a surrogate pair, wherever a text of the caller's comes to it.
  if (hasDatabaseCode(thrown, '22021', '22P05')) return problem('invalid-characters', { cause: thrown });
  if (thrown instanceof URIError || status === 400) return problem('malformed-request', { cause: thrown });
  return undefined;
}

const parserErrors: Readonly<Record<string, Parameters<typeof problem>[0]>> = {
  'entity.too.large': 'body-too-large',
  'encoding.unsupported': 'unsupported-media-type',
};
