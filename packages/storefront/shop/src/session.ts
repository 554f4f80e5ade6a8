import { type InputOf, orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { type Me, shop, tokens } from './api.ts';
import { keepMerge, leaveGuestCart } from './cart/guest-cart.ts';
import { queries, readAgain } from './queries.ts';

/** Whether the shop knows the caller, as a guest or as a customer. */
export const isKnown = () => tokens.get() !== undefined;

/** Who the caller is; null for those whom the shop does not know yet. */
export const useMe = () =>
  useQuery({ queryKey: ['me'], queryFn: async () => (isKnown() ? orThrow(shop.getMe()) : null) });

/** Whether somebody has an account: a guest has none. */
export const isCustomer = (me: Me | null | undefined): me is Me => !!me && me.role !== 'guest';

/** Says next time that it is this browser again, which strangers who guess passwords do not lock out. */
const deviceKey = 'shop.device';
const deviceToken = () => localStorage.getItem(deviceKey) ?? undefined;
const keepDevice = (loggedIn?: { deviceToken?: string | undefined }) =>
  loggedIn?.deviceToken && localStorage.setItem(deviceKey, loggedIn.deviceToken);

/** Signs in. What a guest has in the cart comes along, or `LeftCart` says that it has not. */
export async function signIn(credentials: InputOf<'login'>['body']): Promise<void> {
  const before = await tokens.get();
  const result = await shop.session.signIn({ ...credentials, deviceToken: deviceToken() });
  keepDevice(await orThrow(result));
  void queries.resetQueries();
  if (before && result.mergedCart) keepMerge(before.token, result.mergedCart);
}

/** Makes an account. A guest keeps the cart, and the orders too. */
export async function signUp(account: { username: string; email: string; password: string }): Promise<void> {
  keepDevice(await orThrow(shop.session.signUp(account)));
  void queries.resetQueries();
}

/** Forgets who the caller is on this machine, in any case. */
export async function signOut(): Promise<void> {
  await shop.session.signOut();
  leaveGuestCart();
  void queries.resetQueries();
}

// Another tab has signed in or out, or has new tokens.
addEventListener('storage', ({ key }) => {
  if (key === null || key === 'shop.tokens') void readAgain();
});
