import type { DataOf, ProblemOf, Result } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { type Adjusted, shop } from '../api.ts';
import { queries } from '../queries.ts';

/** Where the guest's token stays while the cart has not come along to the account. */
const storageKey = 'shop.guest-cart';

/** The token of the guest whose cart was left behind; null if none was. */
export const useGuestCart = () =>
  useQuery({ queryKey: ['guest-cart'], queryFn: () => localStorage.getItem(storageKey) });

export const leaveGuestCart = () => localStorage.removeItem(storageKey);

const adjustedKey = ['adjusted'];

/** What of the guest's cart could not be taken over as it was. */
export const useAdjusted = () =>
  useQuery<Adjusted>({ queryKey: adjustedKey, queryFn: () => [], staleTime: 'static' });

/** Keeps what came of the guest's cart. */
export function keepMerge(
  guestToken: string,
  { data, problem }: Result<DataOf<'mergeCart'>, ProblemOf<'mergeCart'>>,
): void {
  if (problem) localStorage.setItem(storageKey, guestToken);
  else leaveGuestCart();
  queries.setQueryData<Adjusted>(adjustedKey, data?.adjusted ?? []);
}

/** Tries again to take over the guest's cart: what has been done already is not done twice. */
export async function takeGuestCart(guestToken: string) {
  const merged = await shop.mergeCart({ body: { guestToken } });
  keepMerge(guestToken, merged);
  return merged;
}
