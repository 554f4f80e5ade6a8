import { dictionary } from '@zxcvbn-ts/language-common';
import type { Rule } from './account-rules.ts';

/** Characters are code points of the form that is hashed, NFKC. */
const minLength = 10;
const maxLength = 128;
/** A composed character is typed as four at most. */
const maxTypedLength = 4 * maxLength;
/** Earlier releases took passwords by their bytes, of which bcrypt reads so many. */
const maxEarlierBytes = 72;
const minDifferent = 5;

/** Those of zxcvbn's list of leaked passwords that are long enough to be chosen. */
const commonPasswords = new Set(
  dictionary['passwords-common'].filter((password) => password.length >= minLength).map(folded),
);

/** Whose a password is to be: what strangers know, and guess first. */
export interface PasswordOwner {
  readonly email?: unknown;
  readonly username?: unknown;
}

/**
 * The forms of a password by which it may be opened. The first is what is hashed (NIST SP 800-63B, section 5.1.1.2):
 * keyboards differ in how they compose é and how wide they write a digit. Earlier releases hashed the second, what was
 * typed.
 */
export function passwordForms(password: string): readonly string[] {
  return [...new Set([password.normalize('NFKC'), password])];
}

/** What a new password must be: long, and nothing that is guessed first. */
export const newPasswordRule =
  (owner: PasswordOwner): Rule =>
  (value) => {
    const { length } = charactersOf(value);
    if (length < minLength || length > maxLength)
      return `must have ${minLength} to ${maxLength} characters, not ${length}`;
    const password = value.normalize('NFKC');
    const different = new Set(password).size;
    if (different < minDifferent)
      return `must have at least ${minDifferent} different characters, not ${different}`;
    if (commonPasswords.has(folded(password)))
      return 'must not be one of the passwords that are used most, which are guessed first';
    if (namesOf(owner).some((name) => bare(name) === bare(password)))
      return 'must not be the email, the part of it before the @, or the username';
    return withoutNul(value);
  };

/** For a login, where a short password is merely a wrong one. */
export const givenPasswordRule: Rule = (value) => {
  const { length } = charactersOf(value);
  const mayBeEarlier = Buffer.byteLength(value) <= maxEarlierBytes;
  if (length < 1 || (length > maxLength && !mayBeEarlier))
    return `must have 1 to ${maxLength} characters, not ${length}`;
  return withoutNul(value);
};

/** Of the form that is hashed, unless what was typed is too long for any. */
function charactersOf(password: string): readonly string[] {
  // A code point is two units at most.
  const typed = password.length > 2 * maxTypedLength ? password : [...password];
  return typed.length > maxTypedLength ? [...typed] : [...password.normalize('NFKC')];
}

function namesOf({ email, username }: PasswordOwner): string[] {
  const texts = [email, typeof email === 'string' && email.replace(/@[^@]*$/, ''), username];
  return texts.filter((text) => typeof text === 'string');
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** Spaces, dots and signs make no other password of a name. */
const bare = (text: string) => folded(text).replace(/[^\p{L}\p{N}]/gu, '') || folded(text);

const withoutNul: Rule = (value) => (value.includes('\0') ? 'must not contain the NUL character' : undefined);
