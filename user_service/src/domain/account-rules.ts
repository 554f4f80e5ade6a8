/** Says what is wrong with a value, or nothing when it is fine. */
export type Rule = (value: string) => string | undefined;

export const maxUsername = 50;
export const maxEmail = 254;
export const minPasswordBytes = 10;
/** bcrypt reads no more; what lies beyond would silently not count. */
export const maxPasswordBytes = 72;

/** Emails are compared, and kept, in lower case. */
export const normaliseEmail = (email: string): string => email.toLowerCase();

export const usernameRule: Rule = (value) => {
  const username = value.trim();
  const length = [...username].length;
  if (length < 1 || length > maxUsername)
    return `must have 1 to ${maxUsername} characters besides spaces around it, not ${length}`;
  if (/[\p{Cc}\p{Cs}]/u.test(username)) return 'must not contain control characters';
  return undefined;
};

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

/** For a log-in, where a short password is merely a wrong one. */
export const givenPasswordRule: Rule = (value) => {
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > maxPasswordBytes)
    return `must be 1 to ${maxPasswordBytes} bytes long in UTF-8, not ${bytes}`;
  return withoutNul(value);
};

const withoutNul: Rule = (value) => (value.includes('\0') ? 'must not contain the NUL character' : undefined);
