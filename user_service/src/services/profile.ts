import type { NewAuditEvent, User } from '@shop/service-kit';
import type { Account, Profile, UserRepository } from '../db/user-repository.ts';
import type { ProfileChange, ProfileRequest } from '../domain/account-input.ts';
import { canonicalEmail } from '../domain/email.ts';
import { problem } from '../problems.ts';
import { type AccountDeps, authenticateAs, type Origin } from './accounts.ts';

/** The user, if they still are of this role and the session, where there is one, has not ended. */
export async function findCurrent(
  { id, role, sid }: Pick<User, 'id' | 'role' | 'sid'>,
  users: UserRepository,
): Promise<Profile | undefined> {
  const profile = await users.find(id, sid);
  return profile?.role === role ? profile : undefined;
}

/**
 * The caller as they are now.
 * @throws Problem `invalid-token` when the token says something else of them: it is a guest's who has registered since, or
 * its session has ended
 */
export async function findCaller(user: User, users: UserRepository): Promise<Profile> {
  const profile = await findCurrent(user, users);
  if (profile === undefined) throw tokenOutdated();
  return profile;
}

export const tokenOutdated = () =>
  problem('invalid-token', {
    detail: 'Its session has ended, or the account is another by now. Log in again.',
  });

/**
 * Changes what a user may change of their account. Another email needs their password, and counts as a registration, as
 * its answer, too, says which emails are taken; both mailboxes are told.
 * @throws Problem `validation-failed`, `invalid-credentials`, `email-taken`, `too-many-attempts`, `busy`
 */
export async function changeProfile(
  account: Account & Profile,
  { currentPassword, ...change }: ProfileRequest,
  origin: Origin,
  deps: AccountDeps,
): Promise<Profile> {
  const fields = (['username', 'email'] as const).filter((field) => change[field] !== undefined);
  const event = {
    kind: 'profile-changed',
    userId: account.id,
    address: origin.address,
    details: { fields },
  };
  const isOther =
    change.email !== undefined && canonicalEmail(change.email) !== canonicalEmail(account.email);
  const changed = isOther
    ? await changeEmail(account, change, currentPassword, event, origin, deps)
    : await deps.users.change(account, change, event);
  if (changed === undefined) throw tokenOutdated();
  return changed;
}

async function changeEmail(
  { id, email }: Account,
  change: ProfileChange,
  currentPassword: string | undefined,
  event: NewAuditEvent,
  origin: Origin,
  deps: AccountDeps,
): Promise<Profile | undefined> {
  if (currentPassword === undefined)
    throw problem('validation-failed', {
      errors: [{ field: 'currentPassword', message: 'is missing, and another email needs it' }],
    });
  await deps.limits.countRegistration(origin.address);
  const { passwordHash } = await authenticateAs({ id, email }, currentPassword, origin, deps);
  return deps.users.changeEmail(id, change, passwordHash, event);
}
