import { canonicalText, unseenCharacters } from '@shop/service-kit';

/** Says what is wrong with a value, or nothing when it is fine. */
export type Rule = (value: string) => string | undefined;

const maxUsername = 50;
const minPasswordBytes = 10;
/** bcrypt reads no more; what lies beyond would silently not count. */
const maxPasswordBytes = 72;
/** Typed in the longest way, no password of that size has more. */
const maxTypedLength = 4 * maxPasswordBytes;

/** The form in which a username is kept. */
export const canonicalUsername = canonicalText;

export const usernameRule: Rule = (value) => {
  const typed = value.trim();
  // Decomposed, a character is four at most.
  const username = typed.length > 8 * maxUsername ? typed : canonicalUsername(typed);
  const length = [...username].length;
  if (length < 1 || length > maxUsername)
    return `must have 1 to ${maxUsername} characters besides spaces around it, not ${length}`;
  const unseen = unseenCharacters(username);
  if (unseen.length === 0) return undefined;
  return `must have no invisible, private or unassigned characters, but has ${unseen.join(', ')}`;
};

/**
 * The forms of a password by which it may be opened. The first is what is hashed (NIST SP 800-63B, section 5.1.1.2):
 * keyboards differ in how they compose é and how wide they write a digit. Earlier releases hashed the second, what was
 * typed.
 */
export function passwordForms(password: string): readonly string[] {
  if (password.length > maxTypedLength) return [];
  const forms = [...new Set([password.normalize('NFKC'), password])];
  return forms.filter((form) => Buffer.byteLength(form) <= maxPasswordBytes);
}

export const newPasswordRule: Rule = (value) => {
  const bytes = bytesOf(value);
  if (bytes < minPasswordBytes || bytes > maxPasswordBytes)
    return `must be ${minPasswordBytes} to ${maxPasswordBytes} bytes long in UTF-8, not ${bytes}`;
  return withoutNul(value);
};

/** For a login, where a short password is merely a wrong one. */
export const givenPasswordRule: Rule = (value) => {
  if (value === '' || passwordForms(value).length === 0)
    return `must be 1 to ${maxPasswordBytes} bytes long in UTF-8, not ${bytesOf(value)}`;
  return withoutNul(value);
};

/** Of the form that is hashed. */
const bytesOf = (password: string) =>
  Buffer.byteLength(password.length > maxTypedLength ? password : password.normalize('NFKC'));

const withoutNul: Rule = (value) => (value.includes('\0') ? 'must not contain the NUL character' : undefined);
