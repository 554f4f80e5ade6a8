import { canonicalText, unseenCharacters } from '@shop/service-kit';

/** Says what is wrong with a value, or nothing when it is fine. */
export type Rule = (value: string) => string | undefined;

const maxUsername = 50;

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

const maxTokenLength = 512;

/** Of a link in a mail; whether it is one is another question. */
export const tokenRule: Rule = ({ length }) =>
  length >= 1 && length <= maxTokenLength
    ? undefined
    : `must have 1 to ${maxTokenLength} characters, not ${length}`;
