import { AppError, invalidInput, type User } from '@shop/service-kit';
import type { OrderRepository } from '../db/order-repository.ts';
import type { OrderPage } from '../schemas/order-replies.ts';
import type { OrderList } from '../schemas/requests.ts';
import { viewOrder } from './order-view.ts';

/** A page of the user's orders, or, for administrators, of anybody's. Newest first. */
export async function ListOrders(request: OrderList, repo: OrderRepository, user: User): Promise<OrderPage> {
  const { limit, offset, cursor, status, from, to } = request;
  if (cursor !== undefined && offset > 0) {
    throw invalidInput([{ field: 'offset', message: 'cannot be used together with cursor' }]);
  }
  const { items, total } = await repo.list({
    customerId: whoseOrders(request, user),
    status,
    from: timeOf('from', from),
    to: timeOf('to', to),
    after: cursor,
    // One more, to know whether there is another page.
    limit: limit + 1,
    offset,
  });
  if (cursor !== undefined && items.length === 0) await requireCursor(cursor, repo);
  const page = items.slice(0, limit);
  const nextCursor = items.length > limit ? (page.at(-1)?.orderNumber ?? null) : null;
  return { items: page.map(viewOrder), total, limit, offset, nextCursor };
}

/** @returns undefined for everybody's */
function whoseOrders({ all, customerId }: OrderList, user: User): number | undefined {
  if (all === 'false' && customerId === undefined) return user.id;
  if (user.role === 'admin') return customerId;
  throw new AppError('forbidden', 'admin-only', 'Only an administrator may list the orders of others.');
}

/** After the last order there is nothing; after one that never was there is no saying. */
async function requireCursor(cursor: string, repo: OrderRepository): Promise<void> {
  if ((await repo.find(cursor)) !== undefined) return;
  throw invalidInput([{ field: 'cursor', message: 'must be the nextCursor of another page' }]);
}

/** RFC 3339 knows no hour 24, and PostgreSQL not every year that JavaScript does. */
function timeOf(field: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  const year = time.getUTCFullYear();
  if (year >= 1970 && year <= 9999 && !/T24/i.test(text)) return time;
  throw invalidInput([{ field, message: 'must be an RFC 3339 time of the years 1970 to 9999' }]);
}
