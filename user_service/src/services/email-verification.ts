import type { Account, Profile } from '../db/user-repository.ts';
import { canonicalEmail } from '../domain/email.ts';
import { hashToken } from '../domain/random-token.ts';
import { problem } from '../problems.ts';
import type { MailboxDeps } from './password-reset.ts';

/**
 * Sends another link by which the user shows that the mailbox is theirs; none when they have.
 * @param address where the caller is, as `addressOf` gives it
 * @throws Problem `mail-not-set-up`, `too-many-attempts`
 */
export async function requestVerification(
  account: Account & Profile,
  address: string,
  { mailboxes, limits, sendsMails }: MailboxDeps,
): Promise<void> {
  if (!sendsMails) throw problem('mail-not-set-up');
  await limits.countMail(canonicalEmail(account.email), address);
  if (!account.emailVerified) await mailboxes.requestVerification(account);
}

/** @throws Problem `link-expired` */
export async function verifyEmail(token: string, { mailboxes }: MailboxDeps): Promise<void> {
  if (!(await mailboxes.verifyEmail(hashToken(token)))) throw problem('link-expired');
}
