/** Those that hold a link with a token, by how many seconds it works. */
export const linkSeconds = {
  'email-verification': 24 * 60 * 60,
  'password-reset': 30 * 60,
} as const;

/** What the token of a link is for. */
export type LinkPurpose = keyof typeof linkSeconds;

export const mailKinds = [
  ...(Object.keys(linkSeconds) as LinkPurpose[]),
  /** To the address that an account had. */
  'email-changed',
  'password-changed',
  'account-deleted',
] as const;
export type MailKind = (typeof mailKinds)[number];

export const isLinkPurpose = (kind: MailKind): kind is LinkPurpose => Object.hasOwn(linkSeconds, kind);

export interface Mail {
  /** The same however often it is sent: the first part of its Message-ID. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

/** What sends mails. */
export interface MailTransport {
  /**
   * Resolves once a server has taken the mail.
   * @throws MailRefusedError when it never will
   */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** The mail server says that there is no such mailbox, or that it does not take the mail. */
export class MailRefusedError extends Error {}

/** After so many tries, which take most of a day, a mail is given up. */
export const mostTries = 24;

/** How long to wait after so many tries: twice as long each time, an hour at most. */
export const retrySeconds = (tries: number) => Math.min(5 * 2 ** (tries - 1), 3_600);

/**
 * What a mail says.
 * @param token of the link, where the mail has one. It stands in the fragment of the URL, which browsers send to no server
 */
export function writeMail(kind: MailKind, storefrontUrl: string, token = ''): Pick<Mail, 'subject' | 'text'> {
  const link = (page: string) => `${storefrontUrl}/${page}#token=${token}`;
  const write: Record<MailKind, () => readonly [subject: string, ...paragraphs: string[]]> = {
    'email-verification': () => [
      'Confirm your email address',
      `Confirm that this is your email address, within ${linkSeconds['email-verification'] / 3_600} hours:`,
      link('verify-email'),
      'If you have no account with us, ignore this mail.',
    ],
    'password-reset': () => [
      'Choose a new password',
      `You asked for a new password. Choose it here, within ${linkSeconds['password-reset'] / 60} minutes:`,
      link('reset-password'),
      'The link works once. If you did not ask for it, ignore this mail: your password stays as it is.',
    ],
    'email-changed': () => [
      'Your email address was changed',
      'Your account has another email address now, and no longer this one.',
      'If you did not change it, write to us at once.',
    ],
    'password-changed': () => [
      'Your password was changed',
      'Your account has a new password now. Where you were logged in with the old one, you are logged out.',
      `If you did not change it, ask for a new password at once: ${storefrontUrl}`,
    ],
    'account-deleted': () => [
      'Your account was deleted',
      'Your account is deleted, with all that we know of you. What you have ordered stays in our books, without your name.',
      'If you did not delete it, write to us at once.',
    ],
  };
  const [subject, ...paragraphs] = write[kind]();
  return { subject, text: `${paragraphs.join('\n\n')}\n` };
}
