import type { User } from '@shop/service-kit';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from './deps.ts';
import { viewOrder } from './order-view.ts';

/** Counting more would go through the orders of years for one page. */
const countedExactly = 10_000;

/**
 * A page of the user's orders, or, for administrators, of anybody's. Newest first.
 * @throws Problem `validation-failed` or `admin-only`
 */
export async function listOrders(
  query: Schemas['OrderQuery'],
  user: User,
  { orders }: OrderDeps,
): Promise<Schemas['OrderPage']> {
  const { limit, offset, cursor, status, fulfilment, from, to } = query;
  if (cursor !== undefined && offset > 0) throw invalid('offset', 'cannot be used together with cursor');
  const times = { from: from && startOf(from), to: to && endOf(to) };
  const filter = { customerId: whoseOrders(query, user), status, fulfilment, ...times };
  const [items, counted] = await Promise.all([
    // One more, to know whether there is another page.
    orders.list(filter, { after: cursor, limit: limit + 1, offset }),
    // One more, to know whether there are others.
    orders.count(filter, countedExactly + 1),
  ]);
  // After the last order there is nothing; after one that never was in this list there is no saying.
  if (cursor !== undefined && items.length === 0) {
    const last = await orders.find(cursor);
    if (last === undefined || (filter.customerId ?? last.customerId) !== last.customerId)
      throw invalid('cursor', 'must be the nextCursor of another page');
  }
  const page = items.slice(0, limit);
  const nextCursor = items.length > limit ? (page.at(-1)?.orderNumber ?? null) : null;
  const total = Math.min(counted, countedExactly);
  return {
    items: page.map(viewOrder),
    total,
    totalIsExact: total === counted,
    limit,
    offset,
    nextCursor,
  };
}

/** A plain date is the whole day, in UTC. */
const isDate = (given: string) => given.length === 'yyyy-mm-dd'.length;
const startOf = (given: string) => (isDate(given) ? `${given}T00:00:00Z` : given);
const endOf = (given: string) => (isDate(given) ? new Date(Date.parse(given) + dayMs).toISOString() : given);
const dayMs = 86_400_000;

/** @returns undefined for everybody's */
function whoseOrders({ all, customerId }: Schemas['OrderQuery'], user: User): number | undefined {
  if (!all && customerId === undefined) return user.id;
  if (user.role === 'admin') return customerId;
  throw problem('admin-only', { detail: 'Only an administrator may list the orders of others.' });
}

const invalid = (field: string, message: string) =>
  problem('validation-failed', { errors: [{ field, message }] });
