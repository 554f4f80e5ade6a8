import { type Logger, Problem } from '@shop/service-kit';
import type { SeedAccount } from '../seed-settings.ts';
import type { AccountDeps } from './accounts.ts';

/**
 * Makes the accounts that do not exist yet. One that exists is left as it is: a caller who registered an
 * administrator's email beforehand must not become administrator.
 */
export async function seedAccounts(
  accounts: readonly SeedAccount[],
  { users, passwords, logger }: Pick<AccountDeps, 'users' | 'passwords'> & { readonly logger: Logger },
): Promise<void> {
  for (const { password, ...account } of accounts) {
    const present = await users.findByEmail(account.email);
    if (present === undefined) {
      const passwordHash = await passwords.hash(password);
      await users.add(account, passwordHash).catch(unlessTaken);
    } else if (present.account.role !== account.role) {
      const id = present.account.id;
      logger.warn({ userId: id, wanted: account.role }, 'an account to be seeded exists with another role');
    }
  }
}

/** Another instance that starts at the same moment was faster. */
function unlessTaken(error: unknown): void {
  if (!(error instanceof Problem && error.code === 'email-taken')) throw error;
}
