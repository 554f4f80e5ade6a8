import type { MailboxRepository } from '../db/mailbox-repository.ts';
import { type PasswordReset, requireNotOwnName } from '../domain/account-input.ts';
import { canonicalEmail } from '../domain/email.ts';
import { hashToken } from '../domain/random-token.ts';
import { problem } from '../problems.ts';
import type { AccountDeps } from './accounts.ts';

export interface MailboxDeps extends Pick<AccountDeps, 'limits' | 'loginLimits' | 'passwords'> {
  readonly mailboxes: MailboxRepository;
  /** Whether the shop sends mails. */
  readonly sendsMails: boolean;
}

/**
 * Sends a link by which a new password can be chosen, if there is an account with this email. Neither the answer nor its
 * time tells whether there is.
 * @param address where the caller is, as `addressOf` gives it
 * @throws Problem `mail-not-set-up`, `too-many-attempts`
 */
export async function requestPasswordReset(
  email: string,
  address: string,
  { mailboxes, limits, sendsMails }: MailboxDeps,
): Promise<void> {
  if (!sendsMails) throw problem('mail-not-set-up');
  await limits.countMail(canonicalEmail(email), address);
  await mailboxes.requestReset(email);
}

/**
 * Sets the password of the account that a link was sent to, and ends all its sessions. The address is one that has opened
 * the account: its user must not be kept out by what they, or strangers, have tried.
 * @param address where the caller is, as `addressOf` gives it
 * @throws Problem `link-expired`, `validation-failed`, `busy`
 */
export async function resetPassword(
  reset: PasswordReset,
  address: string,
  { mailboxes, loginLimits, passwords }: MailboxDeps,
): Promise<void> {
  const tokenHash = hashToken(reset.token);
  // A hash takes long, and nothing could come of it.
  const account = await mailboxes.findByResetToken(tokenHash);
  if (account === undefined) throw problem('link-expired');
  requireNotOwnName(reset, account);
  const event = { kind: 'password-reset', userId: account.id, address, details: {} };
  await mailboxes.resetPassword(tokenHash, await passwords.hash(reset.newPassword, address), event);
  await loginLimits.remember({ email: canonicalEmail(account.email), address });
}
