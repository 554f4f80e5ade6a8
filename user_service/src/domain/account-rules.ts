/** Says what is wrong with a value, or nothing when it is fine. */
export type Rule = (value: string) => string | undefined;

const maxUsername = 50;
const maxEmail = 254;
const minPasswordBytes = 10;
/** bcrypt reads no more; what lies beyond would silently not count. */
const maxPasswordBytes = 72;

/** Emails are compared, and kept, in lower case. */
export const normaliseEmail = (email: string): string => email.toLowerCase();

/**
 * What a reader of a name does not see, for a class of a regular expression: with it two names could look the same,
 * or one could turn the text around it. All of Unicode's category C (control, format, surrogate, private use,
 * unassigned), line separators, what is shown as nothing by default (fillers, selectors of variants), and the blank of
 * Braille.
 */
const unseen = '\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800';
const anyUnseen = new RegExp(`[${unseen}]`, 'gu');

export const usernameRule: Rule = (value) => {
  const username = value.trim();
  const length = [...username].length;
  if (length < 1 || length > maxUsername)
    return `must have 1 to ${maxUsername} characters besides spaces around it, not ${length}`;
  const found = new Set(username.match(anyUnseen));
  if (found.size === 0) return undefined;
  return `must have no invisible, private or unassigned characters, but has ${[...found].map(codePoint).join(', ')}`;
};

/** `U+200B`: the character itself would not be seen in a message either. */
const codePoint = (character: string) =>
  `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;

export const emailRule: Rule = (value) => {
  const { length } = [...value];
  if (length > maxEmail) return `must have at most ${maxEmail} characters, not ${length}`;
  // No spaces and nothing invisible, so that two addresses that look the same are the same; and no \u0130, the one
  // letter that in lower case is two characters.
  if (!/^[^\s\p{C}@\u0130]+@[^\s\p{C}@\u0130]+$/u.test(value))
    return 'must be an email address such as name@example.com';
  return undefined;
};

export const newPasswordRule: Rule = (value) => {
  const bytes = Buffer.byteLength(value);
  if (bytes < minPasswordBytes || bytes > maxPasswordBytes)
    return `must be ${minPasswordBytes} to ${maxPasswordBytes} bytes long in UTF-8, not ${bytes}`;
  return withoutNul(value);
};

/** For a login, where a short password is merely a wrong one. */
export const givenPasswordRule: Rule = (value) => {
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > maxPasswordBytes)
    return `must be 1 to ${maxPasswordBytes} bytes long in UTF-8, not ${bytes}`;
  return withoutNul(value);
};

const withoutNul: Rule = (value) => (value.includes('\0') ? 'must not contain the NUL character' : undefined);
