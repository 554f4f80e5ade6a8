import type { Logger } from '@shop/service-kit';
import type { OrderClient } from '../clients/order-client.ts';
import { type OldGuestRepository, oldGuestBatch } from '../db/old-guest-repository.ts';

export interface OldGuestDeps {
  readonly guests: OldGuestRepository;
  readonly orders: OrderClient;
  readonly logger: Logger;
}

/**
 * Deletes guests without orders whose tokens have expired, some at a time. order_service forgets them first. Whatever ends
 * this on the way, the next run finds those that are left, and order_service says the same of them: without a valid token
 * nobody fills a cart, places an order or registers as one of them.
 * @returns whether there are more
 * @throws Error when order_service does not answer; then none is deleted
 */
export async function deleteOldGuests({ guests, orders, logger }: OldGuestDeps): Promise<boolean> {
  const ids = await guests.find();
  if (ids.length === 0) return false;
  const forgotten = new Set(await orders.forgetGuests(ids));
  const kept = ids.filter((id) => !forgotten.has(id));
  const deleted = ids.filter((id) => forgotten.has(id));
  await guests.keep(kept);
  await guests.remove(deleted);
  logger.info({ deleted: deleted.length, kept: kept.length }, 'old guests without orders were deleted');
  return ids.length === oldGuestBatch;
}
