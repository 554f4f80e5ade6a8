import type { User } from '@shop/service-kit';
import type { AccountDeps } from './accounts.ts';

/**
 * Makes a user who has no account.
 * @param address where the caller is, as `addressOf` gives it
 * @param days how long their token will be valid
 * @throws Problem `too-many-attempts`
 */
export async function createGuest(
  address: string,
  days: number,
  { users, limits }: Pick<AccountDeps, 'users' | 'limits'>,
): Promise<User> {
  await limits.countGuest(address);
  return { id: await users.addGuest(days), email: null, role: 'guest' };
}
