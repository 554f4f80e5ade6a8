import type { Attempt, AttemptLimits } from '../db/attempt-limits.ts';
import type { Account, UserRepository } from '../db/user-repository.ts';
import type { Credentials, Registration } from '../domain/account-input.ts';
import { canonicalEmail } from '../domain/email.ts';
import type { UserMetrics } from '../metrics.ts';
import { problem } from '../problems.ts';
import type { Passwords } from './password-pool.ts';
import type { TakeTurn } from './turns.ts';

export interface AccountDeps {
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly limits: AttemptLimits;
  readonly takeTurn: TakeTurn;
  readonly metrics: UserMetrics;
}

/**
 * Makes a customer's account.
 * @param address where the caller is, as `countedAddress` gives it
 * @throws Problem `email-taken`, `too-many-attempts`, `busy`
 */
export async function registerAccount(
  { username, email, password }: Registration,
  address: string,
  { users, passwords, limits, metrics }: AccountDeps,
): Promise<Account> {
  await limits.countRegistration(address);
  // A hash takes long, and nothing could come of it; nor without the database.
  if ((await users.findByEmail(email)) !== undefined) throw problem('email-taken');
  const passwordHash = await passwords.hash(password);
  const account = await users.add({ username, email, role: 'customer' }, passwordHash);
  metrics.registered();
  return account;
}

/**
 * The account that these credentials open.
 * @param address where the caller is, as `countedAddress` gives it
 * @throws Problem `invalid-credentials`, the same and in the same time for an unknown email and a wrong
 * password; `too-many-attempts`, `busy`
 */
export async function authenticate(
  credentials: Credentials,
  address: string,
  deps: AccountDeps,
): Promise<Account> {
  const { limits, takeTurn, metrics } = deps;
  const attempt = { email: canonicalEmail(credentials.email), address };
  return metrics.countLogin(async () => {
    await limits.countLogin(address);
    return takeTurn(
      `${address} ${attempt.email}`,
      () => limits.failuresLeft(attempt),
      () => open(credentials, attempt, deps),
    );
  });
}

async function open(
  { email, password }: Credentials,
  attempt: Attempt,
  { users, passwords, limits }: AccountDeps,
): Promise<Account> {
  const found = await users.findByEmail(email);
  const matches = await passwords.matches(password, found?.passwordHash ?? passwords.decoyHash);
  if (found === undefined || !matches) {
    await limits.countFailure(attempt);
    throw problem('invalid-credentials');
  }
  await limits.forgetFailures(attempt);
  return found.account;
}
