import type { OrderClient } from '../clients/order-client.ts';
import type { AddressRepository } from '../db/address-repository.ts';
import type { SessionRepository } from '../db/session-repository.ts';
import type { Profile } from '../db/user-repository.ts';

export interface ExportDeps {
  readonly addresses: AddressRepository;
  readonly sessions: SessionRepository;
  readonly orders: OrderClient;
}

/**
 * All that the shop knows of a user.
 * @param token the caller's, by which order_service shows them their orders
 * @throws Problem `order-service-unavailable`
 */
export async function exportUser(account: Profile, token: string, deps: ExportDeps) {
  const [addresses, sessions, orders] = await Promise.all([
    deps.addresses.list(account.id),
    deps.sessions.list(account.id),
    deps.orders.ordersOf(token),
  ]);
  return { account, addresses, sessions, orders };
}
