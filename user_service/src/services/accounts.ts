import { Problem } from '@shop/service-kit';
import type { AttemptLimits } from '../db/attempt-limits.ts';
import type { Attempt, FailureCount, LoginLimits } from '../db/login-limits.ts';
import type { Account, UserRepository } from '../db/user-repository.ts';
import type { Credentials, PasswordChange, Registration } from '../domain/account-input.ts';
import type { DeviceTokens } from '../domain/device-token.ts';
import { canonicalEmail } from '../domain/email.ts';
import type { UserMetrics } from '../metrics.ts';
import { problem } from '../problems.ts';
import type { Passwords } from './password-pool.ts';
import type { TakeTurn } from './turns.ts';

export interface AccountDeps {
  readonly users: UserRepository;
  readonly passwords: Passwords;
  readonly limits: AttemptLimits;
  readonly loginLimits: LoginLimits;
  readonly devices: DeviceTokens;
  readonly takeTurn: TakeTurn;
  readonly metrics: UserMetrics;
}

/** Where a password comes from. */
export interface Origin {
  /** As `addressOf` gives it. */
  readonly address: string;
  /** Of a device that may have opened the account before, as it was given. */
  readonly deviceToken?: string | undefined;
  /** Of the session whose user enters it again. */
  readonly sid?: string | undefined;
}

/**
 * Makes a customer's account, of a guest if there is one: it keeps its id, and with it the cart and the orders.
 * @param address where the caller is, as `addressOf` gives it
 * @throws Problem `email-taken`, `guest-registered`, `too-many-attempts`, `busy`
 */
export async function registerAccount(
  { username, email, password }: Registration,
  address: string,
  guestId: number | undefined,
  { users, passwords, limits, loginLimits, metrics }: AccountDeps,
): Promise<Account> {
  await limits.countRegistration(address);
  // A hash takes long, and nothing could come of it; nor without the database.
  if ((await users.findByEmail(email)) !== undefined) throw problem('email-taken');
  const passwordHash = await passwords.hash(password, address);
  const customer = { username, email, role: 'customer' } as const;
  const account = await (guestId === undefined
    ? users.add(customer, passwordHash)
    : users.registerGuest(guestId, customer, passwordHash));
  await loginLimits.remember({ email: canonicalEmail(email), address });
  metrics.registered();
  return account;
}

/** An account, and the hash of the password that has just opened it. */
export interface Authenticated {
  readonly account: Account;
  readonly passwordHash: string;
}

/**
 * The account that these credentials open.
 * @param prove that the user, whose password is right, has their second factor; throws `invalid-second-factor` for a wrong
 * one, which counts as a wrong password
 * @throws Problem `invalid-credentials`, the same and in the same time for an unknown email and a wrong
 * password; `too-many-attempts`, `busy`
 */
export async function authenticate(
  credentials: Credentials,
  { address, deviceToken, sid }: Origin,
  deps: AccountDeps,
  prove?: (userId: number) => Promise<void>,
): Promise<Authenticated> {
  const email = canonicalEmail(credentials.email);
  const device = sid ?? deps.devices.read(deviceToken, email);
  const attempt = { email, address, device };
  const counts = await deps.loginLimits.count(attempt);
  const inTurn = counts.reduceRight(
    (next, { key, failuresLeft }) =>
      () =>
        deps.takeTurn(key, failuresLeft, next),
    () => open(credentials, attempt, counts, deps, prove),
  );
  return inTurn();
}

/**
 * Changes the caller's password, and ends their other sessions.
 * @param origin the session of which goes on
 * @throws Problem `invalid-credentials`, `too-many-attempts`, `busy`
 */
export async function changePassword(
  account: Account,
  { currentPassword, newPassword }: PasswordChange,
  origin: Origin,
  deps: AccountDeps,
): Promise<void> {
  const { users, passwords } = deps;
  const { passwordHash } = await authenticateAs(account, currentPassword, origin, deps);
  const newHash = await passwords.hash(newPassword, origin.address);
  const event = { kind: 'password-changed', userId: account.id, address: origin.address, details: {} };
  const changed = await users.changePassword(account.id, passwordHash, newHash, origin.sid, event);
  // Another request has changed it meanwhile.
  if (!changed) throw problem('invalid-credentials');
}

/**
 * Has the user of an account, who is logged in, show the password once more.
 * @throws Problem `invalid-credentials`, also when the account has got another email meanwhile; `too-many-attempts`, `busy`
 */
export async function authenticateAs(
  { id, email }: Pick<Account, 'id' | 'email'>,
  password: string,
  origin: Origin,
  deps: AccountDeps,
): Promise<Authenticated> {
  const opened = await authenticate({ email, password }, origin, deps);
  if (opened.account.id !== id) throw problem('invalid-credentials');
  return opened;
}

async function open(
  { email, password }: Credentials,
  attempt: Attempt,
  counts: readonly FailureCount[],
  { users, passwords, loginLimits }: AccountDeps,
  prove?: (userId: number) => Promise<void>,
): Promise<Authenticated> {
  const countFailures = () => Promise.all(counts.map(({ countFailure }) => countFailure()));
  for (const { begin } of counts) await begin?.();
  const found = await users.findByEmail(email);
  const comparison = await passwords.compare(password, found?.passwordHash, attempt.address);
  if (found === undefined || comparison === 'wrong') {
    await countFailures();
    throw problem('invalid-credentials');
  }
  await prove?.(found.account.id).catch(async (refusal: unknown) => {
    if (refusal instanceof Problem && refusal.code === 'invalid-second-factor') await countFailures();
    throw refusal;
  });
  await Promise.all([
    loginLimits.remember(attempt),
    ...counts.map(({ forgetFailures }) => forgetFailures?.()),
  ]);
  return comparison === 'outdated'
    ? renewHash(found, password, attempt.address, { users, passwords })
    : found;
}

/** Stores a hash of the present cost and form, now that the password is known. */
async function renewHash(
  { account, passwordHash }: Authenticated,
  password: string,
  address: string,
  { users, passwords }: Pick<AccountDeps, 'users' | 'passwords'>,
): Promise<Authenticated> {
  const newHash = await passwords.hash(password, address).catch(unlessBusy);
  if (newHash === undefined) return { account, passwordHash };
  await users.replacePassword(account.id, passwordHash, newHash);
  return { account, passwordHash: newHash };
}

/** The next log-in will do it. */
function unlessBusy(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'busy')) throw error;
}
