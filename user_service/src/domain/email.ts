import { domainToASCII } from 'node:url';
import { isEmailValid } from '@hapi/address';
import { unseenCharacters } from '@shop/service-kit';
import type { Rule } from './account-rules.ts';

const maxLength = 254;

/** What is kept of an email, and shown: what was typed, without the spaces around it. */
export const shownEmail = (email: string): string => email.trim();

/**
 * What emails are compared by, wherever they are: composed (NFC), in one case, with the domain in ASCII (punycode). Two
 * emails with the same form belong to one account.
 */
export function canonicalEmail(email: string): string {
  const [local, domain] = parts(email.trim().normalize('NFC'));
  return `${foldCase(local)}@${domainToASCII(domain) || domain.toLowerCase()}`;
}

/** As Unicode folds case: ß and SS are the same, the ı of Turkish and an I are not. */
const foldCase = (text: string) =>
  text.replace(/[^ı]+/g, (run) => run.toUpperCase().toLowerCase()).normalize('NFC');

const parts = (email: string) => {
  const at = email.lastIndexOf('@');
  return [email.slice(0, Math.max(at, 0)), email.slice(at + 1)] as const;
};

/** For a new account. */
export const emailRule: Rule = (value) => {
  const email = value.trim();
  const { length } = [...email];
  if (length > maxLength) return `must have at most ${maxLength} characters, not ${length}`;
  const unseen = unseenCharacters(email);
  if (unseen.length > 0) return `must have no invisible characters, but has ${unseen.join(', ')}`;
  const [, domain] = parts(email);
  // domainToASCII also takes what only a URL may have: escapes and what follows the domain.
  const hasDomain = !/[^\P{ASCII}A-Za-z0-9.-]/u.test(domain) && domainToASCII(domain) !== '';
  if (!hasDomain || /\s/.test(email) || !isEmailValid(canonicalEmail(email)))
    return 'must be an email address such as name@example.com';
  return undefined;
};

/** For a login, where an email that nobody can have is merely a wrong one; earlier releases took more than this one. */
export const givenEmailRule: Rule = (value) => {
  const email = value.trim();
  if (email.length > 2 * maxLength || !/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u.test(email))
    return 'must be an email address such as name@example.com';
  return undefined;
};
