import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
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
const jsonOnly: RequestHandler = (req, _res, next) => {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && !isJson(req)) {
    const given = req.get('content-type') ?? 'no content type';
    throw problem('unsupported-media-type', { detail: `The body must be JSON, not ${given}.` });
  }
  if (hasBody && !isUtf8Charset(req)) throw problem('unsupported-media-type');
  next();
};

const notTooDeep: RequestHandler = (req, _res, next) => {
  if (isDeeperThan(maxDepth, req.body)) {
    const message = `must not be nested more than ${maxDepth} levels deep`;
    throw problem('validation-failed', { errors: [{ field: 'body', message }] });
  }
  next();
};

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

/** Parses JSON bodies, of limited size and depth, and refuses all others. */
export const jsonBodies: readonly RequestHandler[] = [
  jsonOnly,
  express.json({
    limit: bodyLimit,
    strict: false,
    type: isJson,
    verify: (_req, _res, body) => requireUtf8(body, 'The body'),
  }),
  notTooDeep,
];
