import { isUtf8 } from 'node:buffer';
import { domainToASCII } from 'node:url';

/**
 * The text of bytes that came from outside. Decoded otherwise, many bytes that are no text become the same U+FFFD.
 * @throws Error unless they are valid UTF-8
 */
export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Error('it is not valid UTF-8');
  return bytes.toString();
}

/**
 * The one form of a text by which it is kept and compared: composed (NFC), without the spaces around it. Limit its length
 * before: of some thousands of combining marks in a row the time grows with the square.
 */
export const canonicalText = (text: string): string => text.normalize('NFC').trim();

/**
 * All of Unicode's category C (control, format, surrogate, private use, unassigned), line separators, what is shown as
 * nothing by default (fillers, selectors of variants), and the blank of Braille.
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const picture = '[\\p{Extended_Pictographic}--\\p{Cn}](?:\\p{Emoji_Modifier}|[\\ufe0e\\ufe0f])?';
/** As UTS 51 makes emoji of several characters: keycaps, flags of regions, and pictures that are joined. */
const emoji = new RegExp(
  `\\p{Emoji_Keycap_Sequence}|\\p{RGI_Emoji_Tag_Sequence}|${picture}(?:\\u200d${picture})*`,
  'gv',
);

/** ZWNJ or ZWJ after a letter, and what its place is judged by. */
const joiner = /(?<=(\p{L}\p{M}*))[\u200c\u200d](?=(\p{M}*\p{L})?)/gu;

/**
 * The characters of a text that its reader does not see, so that two texts could look the same, or one could turn what is
 * around it. Not among them are those that emoji are made of, and joiners where the script needs them (RFC 5892, appendix
 * A.1 and A.2: the ZWNJ of Persian, the ZWJ of Sinhala).
 * @returns each once, as `U+200B`: in a message the character itself would not be seen either
 */
export function unseenCharacters(text: string): readonly string[] {
  // That appendix is among the rules for domain names, so that Node knows it.
  const isNeeded = (joined: string) => domainToASCII(joined) !== '';
  const rest = text
    .replace(emoji, ' ')
    .replace(joiner, (each, before: string, after = '') => (isNeeded(before + each + after) ? '' : each));
  return [...new Set(rest.match(unseen))].map(
    (character) => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML shows it, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
