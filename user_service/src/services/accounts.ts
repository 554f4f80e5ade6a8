import { AppError } from '@shop/service-kit';
import type { AttemptLimits } from '../db/attempt-limits.ts';
import type { Account, UserRepository } from '../db/user-repository.ts';
import type { Credentials, Registration } from '../domain/account-input.ts';
import type { Passwords } from './password-pool.ts';

export interface AccountDeps {
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly limits: AttemptLimits;
}

/**
 * Makes a customer's account.
 * @throws AppError `email-taken`, `too-many-attempts`, `busy`
 */
export async function registerAccount(
  { username, email, password }: Registration,
  address: string,
  { users, passwords, limits }: AccountDeps,
): Promise<Account> {
  await limits.countRegistration(address);
  const passwordHash = await passwords.hash(password);
  return users.add({ username, email, passwordHash, role: 'customer' });
}

/**
 * The account that these credentials open.
 * @throws AppError `invalid-credentials`, the same and in the same time for an unknown email and a wrong
 * password; `too-many-attempts`, `busy`
 */
export async function authenticate(
  credentials: Credentials,
  address: string,
  deps: AccountDeps,
): Promise<Account> {
  const { limits } = deps;
  await limits.countLogin(address, credentials.email);
  const account = await findMatching(credentials, deps).catch(async (error) => {
    // It was not tried, so it is no failed attempt.
    await limits.takeBackLogin(credentials.email);
    throw error;
  });
  if (account === undefined)
    throw new AppError('unauthorized', 'invalid-credentials', 'The email or the password is wrong.');
  await limits.takeBackLogin(credentials.email);
  return account;
}

async function findMatching({ email, password }: Credentials, { users, passwords }: AccountDeps) {
  const found = await users.findByEmail(email);
  const matches = await passwords.matches(password, found?.passwordHash ?? passwords.decoyHash);
  return matches ? found?.account : undefined;
}
