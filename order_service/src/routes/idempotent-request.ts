import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import { parser } from './validation.ts';

const parseKey = parser('IdempotencyKey', 'Idempotency-Key');

/**
 * What the `Idempotency-Key` header (IETF draft-ietf-httpapi-idempotency-key-header) makes of a request.
 * @param content what makes it the same request; its members in an order of its own, whatever that of the body is
 */
export function idempotentRequest(
  req: Request,
  customerId: number,
  content: object,
): IdempotentRequest | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  const bodyHash = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  // The route's pattern: `/orders` and `/orders/` are the same request.
  return { customerId, route: `${req.method} ${req.route.path}`, key: parseKey(key), bodyHash };
}
