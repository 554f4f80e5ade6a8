import { randomBytes } from 'node:crypto';

/** What an engine puts around the words that it found. */
export interface Marks {
  readonly open: string;
  readonly close: string;
}

/** Different each time, so that no text can contain them. */
export function newMarks(): Marks {
  const secret = randomBytes(12).toString('hex');
  return { open: `${secret}x`, close: `${secret}y` };
}

/** Engines look at so many characters of a description only: a page of long ones must stay quick. */
export const highlightedLength = 2_000;

/** About how long the part of a description is that is shown. */
export const excerptLength = 150;

/**
 * HTML of a marked part of a text: everything is escaped, `<mark>` is the only element, and "…" stands where the text
 * goes on. Undefined when nothing is marked.
 * @param plain the text as the engine saw it, with as many characters as `text`
 */
export function toHtml(text: string, marked: string | null | undefined, marks: Marks, plain = text) {
  const { open, close } = marks;
  if (!marked?.includes(open)) return undefined;
  const start = plain.indexOf(marked.replaceAll(open, '').replaceAll(close, ''));
  if (start === -1) return undefined;
  let place = start;
  const html = marked.split(new RegExp(`(${open}|${close})`)).map((piece) => {
    if (piece === open) return '<mark>';
    if (piece === close) return '</mark>';
    place += piece.length;
    return escapeHtml(text.slice(place - piece.length, place));
  });
  // The parts of "USB-C" are found one by one.
  const joined = html.join('').replaceAll(/<\/mark>(-?)<mark>/g, '$1');
  return `${start > 0 ? '…' : ''}${joined}${place < text.length ? '…' : ''}`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
