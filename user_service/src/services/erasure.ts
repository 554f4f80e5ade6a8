import type { Logger } from '@shop/service-kit';
import type { OrderClient } from '../clients/order-client.ts';
import { type ErasureRepository, erasureBatch } from '../db/erasure-repository.ts';
import type { Account, Profile } from '../db/user-repository.ts';
import { problem } from '../problems.ts';
import { type AccountDeps, authenticateAs, type Origin } from './accounts.ts';
import { tokenOutdated } from './profile.ts';

export interface ErasureDeps {
  readonly erasures: ErasureRepository;
  readonly orders: OrderClient;
  readonly logger: Logger;
}

/**
 * Deletes an account, or a guest: what is here at once, who they are of their orders once their tokens have expired. An
 * order that is open has to come to an end first.
 * @param currentPassword undefined of a guest, who has none
 * @throws Problem `validation-failed`, `invalid-credentials`, `orders-open`, `order-service-unavailable`,
 * `too-many-attempts`, `busy`
 */
export async function eraseUser(
  profile: Profile,
  currentPassword: string | undefined,
  origin: Origin,
  deps: AccountDeps & ErasureDeps,
): Promise<void> {
  const { erasures, orders } = deps;
  const passwordHash =
    profile.role === 'guest'
      ? null
      : await showPassword(profile as Profile & Account, currentPassword, origin, deps);
  const orderNumbers = await orders.openOrdersOf(profile.id);
  if (orderNumbers.length > 0) throw problem('orders-open', { orderNumbers });
  const event = { kind: 'account-erased', userId: profile.id, address: origin.address, details: {} };
  // It has another password, or has been deleted, since it was read.
  if (!(await erasures.erase(profile.id, passwordHash, event))) throw tokenOutdated();
}

async function showPassword(
  account: Profile & Account,
  currentPassword: string | undefined,
  origin: Origin,
  deps: AccountDeps,
): Promise<string> {
  if (currentPassword === undefined)
    throw problem('validation-failed', { errors: [{ field: 'currentPassword', message: 'is missing' }] });
  return (await authenticateAs(account, currentPassword, origin, deps)).passwordHash;
}

/**
 * Has order_service forget who deleted users were, some at a time, and deletes their rows. Whatever ends this on the way, the
 * next run finds those that are left. A user who has placed an order by a token that was still valid waits until it has ended.
 * @returns whether there are more
 * @throws Error when order_service does not answer; then all stay
 */
export async function forgetErased({ erasures, orders, logger }: ErasureDeps): Promise<boolean> {
  const ids = await erasures.find();
  if (ids.length === 0) return false;
  const forgotten = new Set(await orders.forgetCustomers(ids));
  const [done, open] = [ids.filter((id) => forgotten.has(id)), ids.filter((id) => !forgotten.has(id))];
  await erasures.postpone(open);
  await erasures.remove(done);
  logger.info({ forgotten: done.length, postponed: open.length }, 'deleted users were forgotten');
  return ids.length === erasureBatch;
}
