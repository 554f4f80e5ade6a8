import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { problem } from '../problems/problems.ts';
import { requireUtf8 } from './text-encoding.ts';

/** Bodies beyond this are answered 413. */
const bodyLimit = '100kb';
/** Far more than any body of this product has; validators and serializers overflow the stack some thousands deeper. */
const maxDepth = 32;

const isJson = (req: IncomingMessage) =>
  /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? '');

/** RFC 8259 allows no other; without one it is UTF-8. */
const isUtf8Charset = (req: IncomingMessage) =>
  /^utf-?8$/i.test(/;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(req.headers['content-type'] ?? '')?.[1] ?? 'utf-8');

/** A body in another format is 415 rather than silently no body at all. */
function requireJson(req: Request): void {
  if (!isJson(req)) {
    const given = req.get('content-type') ?? 'no content type';
    throw problem('unsupported-media-type', { detail: `The body must be JSON, not ${given}.` });
  }
  if (!isUtf8Charset(req)) throw problem('unsupported-media-type');
}

const readBytes = express.raw({ limit: bodyLimit, type: () => true });

const readBody: RequestHandler = (req, res, next) => {
  // Of chunks nobody knows before they have come whether there are any.
  if (Number(req.headers['content-length'] ?? 0) > 0) requireJson(req);
  readBytes(req, res, (error: unknown) => next(error && wrongEncoding(req, error)));
};

/** What is wrong with the content encoding, if that is it. */
function wrongEncoding(req: Request, cause: unknown): unknown {
  const { type, status } = cause as { type?: string; status?: number };
  const given = JSON.stringify(req.get('content-encoding')?.slice(0, 60));
  if (type === 'encoding.unsupported') {
    const detail = `The Content-Encoding of a body must be gzip, deflate or br, not ${given}.`;
    return problem('unsupported-media-type', { detail, cause });
  }
  if (type !== undefined || status !== 400) return cause;
  const detail = `The body is not what its Content-Encoding says, ${given}, or not all of it.`;
  return problem('malformed-request', { detail, cause });
}

const parseBody: RequestHandler = (req, _res, next) => {
  const bytes: unknown = req.body;
  req.body = undefined;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return next();
  requireJson(req);
  if (bytes.length > 1 && bytes.readUInt16BE(0) === gzipMagic) {
    const detail = 'The body is compressed by gzip, which its Content-Encoding does not say.';
    throw problem('unsupported-media-type', { detail });
  }
  req.body = parseJson(bytes, 'The body');
  next();
};

/**
 * What bytes say in JSON.
 * @param what they are, for the caller: `The body`
 * @throws Problem `invalid-encoding`, `malformed-json`, or `validation-failed` for what is nested too deep
 */
export function parseJson(bytes: Buffer, what: string): unknown {
  requireUtf8(bytes, what);
  let value: unknown;
  try {
    // Some clients begin with a byte order mark.
    value = JSON.parse(bytes.toString().replace(/^\ufeff/, ''));
  } catch (cause) {
    throw problem('malformed-json', { detail: `${what} is not valid JSON.`, cause });
  }
  if (isDeeperThan(maxDepth, value)) {
    const message = `must not be nested more than ${maxDepth} levels deep`;
    throw problem('validation-failed', { errors: [{ field: 'body', message }] });
  }
  return value;
}

const gzipMagic = 0x1f8b;

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

/** Parses JSON bodies, of limited size and depth, and refuses all others. An empty one is none. */
export const jsonBodies: readonly RequestHandler[] = [readBody, parseBody];
