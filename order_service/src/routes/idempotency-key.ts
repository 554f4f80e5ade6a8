import { invalidInput, type User } from '@shop/service-kit';
import type { Request } from 'express';
import type { IdempotencyRepository } from '../db/idempotency-repository.ts';
import { idempotencyKeySchema } from '../schemas/requests.ts';
import { createOnce, everyTime, type Once } from '../services/idempotency.ts';

const wellFormed = new RegExp(idempotencyKeySchema.pattern);

/** What the `Idempotency-Key` header (IETF draft-ietf-httpapi-idempotency-key-header) asks for. */
export function onceFor<R>(req: Request, body: unknown, user: User, repo: IdempotencyRepository): Once<R> {
  const key = req.get('idempotency-key');
  if (key === undefined) return everyTime;
  if (!wellFormed.test(key)) {
    const message = 'must be 1 to 255 visible ASCII characters';
    throw invalidInput([{ field: 'Idempotency-Key', message }]);
  }
  // The route's pattern: `/orders` and `/orders/` are the same request.
  return createOnce(repo, { customerId: user.id, route: `${req.method} ${req.route.path}`, key }, body);
}
