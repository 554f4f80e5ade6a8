import { ConfigError, type Logger, Problem } from '@shop/service-kit';
import { demoLogins, type SeedAccount } from '../seed-settings.ts';
import type { AccountDeps } from './accounts.ts';

type SeedDeps = Pick<AccountDeps, 'users' | 'passwords'> & { readonly logger: Logger };
type Found = NonNullable<Awaited<ReturnType<SeedDeps['users']['findByEmail']>>>;

/**
 * Makes the accounts that do not exist yet. One that exists is left as it is, unless a password of the demo still opens
 * it: a caller who registered an administrator's email beforehand must not become administrator, and who has changed
 * their password keeps it.
 */
export async function seedAccounts(accounts: readonly SeedAccount[], deps: SeedDeps): Promise<void> {
  const { users, passwords, logger } = deps;
  for (const { password, isGiven, ...account } of accounts) {
    const present = await users.findByEmail(account.email);
    if (present === undefined) {
      const passwordHash = await passwords.hash(password);
      await users.add({ ...account, emailVerified: true }, passwordHash).catch(unlessTaken);
    } else if (present.account.role !== account.role) {
      const id = present.account.id;
      logger.warn({ userId: id, wanted: account.role }, 'an account to be seeded exists with another role');
    } else if (isGiven) await replaceDemoPassword(present, password, deps);
  }
}

/** Another instance that starts at the same moment was faster. */
function unlessTaken(error: unknown): void {
  if (!(error instanceof Problem && error.code === 'email-taken')) throw error;
}

async function replaceDemoPassword(
  { account, passwordHash }: Found,
  password: string,
  { users, passwords, logger }: SeedDeps,
): Promise<void> {
  const { id: userId, email } = account;
  if (await passwords.matches(password, passwordHash)) return;
  const demo = demoLogins.find((login) => login.email === email.toLowerCase());
  if (demo !== undefined && (await passwords.matches(demo.password, passwordHash))) {
    await users.replacePassword(userId, passwordHash, await passwords.hash(password));
    logger.warn({ userId }, 'the password of the demo was replaced by the one that is set');
  } else logger.warn({ userId }, 'a password to be seeded is not that of the account, which keeps its own');
}

/**
 * Once a shop is no demo any more.
 * @throws ConfigError while a password that everybody can read opens an account
 */
export async function requireNoDemoPassword({ users, passwords }: Omit<SeedDeps, 'logger'>): Promise<void> {
  const problems: string[] = [];
  for (const { email, password, settings } of demoLogins) {
    const found = await users.findByEmail(email);
    if (found !== undefined && (await passwords.matches(password, found.passwordHash)))
      problems.push(
        `${settings}_PASSWORD must replace the password of the demo, which still opens ${email} though SHOP_DEMO is off: ` +
          `set it once, and ${settings}_EMAIL=${email} beside it`,
      );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}
