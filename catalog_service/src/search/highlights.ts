import { randomBytes } from 'node:crypto';
import type { Highlights } from './search-index.ts';

/** A piece of a text: from one of its indices to just before another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What an engine puts around the words that it found. */
export interface Marks {
  readonly open: string;
  readonly close: string;
}

/** Others each time: no text can have them in it, whoever wrote it. */
export function newMarks(): Marks {
  const secret = randomBytes(12).toString('hex');
  return { open: `${secret}x`, close: `${secret}y` };
}

/** A marked text without its marks, and where they were. */
export function readMarks(marked: string, { open, close }: Marks): { plain: string; spans: Span[] } {
  const [head = '', ...rest] = marked.split(open);
  let plain = head;
  const spans = rest.map((piece) => {
    const [word = '', after = ''] = piece.split(close);
    const from = plain.length;
    plain += word + after;
    return { from, to: from + word.length };
  });
  return { plain, spans };
}

/** So much of a text is looked through: a page of long descriptions shall not take the time of a hundred searches. */
export const lookedThrough = 2_000;

interface Texts<T> {
  readonly name: T;
  readonly description: T;
}

/** HTML: everything is escaped, and nothing is an element but the `<mark>`s. */
export function toHighlights(texts: Texts<string>, found: Texts<readonly Span[]>): Highlights {
  const name = joined(texts.name, found.name);
  const description = joined(texts.description, found.description);
  return {
    ...(name.length > 0 && { name: toHtml(texts.name, name, { from: 0, to: texts.name.length }) }),
    ...(description.length > 0 && { description: excerpt(texts.description, description) }),
  };
}

/** In their order; what overlaps is one, and so are the parts of "USB-C", which some engines find one by one. */
function joined(text: string, spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last === undefined || !/^-?$/.test(text.slice(last.to, from))) found.push({ from, to });
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return found;
}

/** Characters of an excerpt, and those of them that may come before the first found word. */
const excerptLength = 150;
const leadLength = 40;

/** The part of a long text that has the most of the found words, cut between words. */
function excerpt(text: string, spans: readonly Span[]): string {
  const part = bestPart(text, spans);
  const before = part.from > 0 ? '…' : '';
  const after = part.to < text.length ? '…' : '';
  return before + toHtml(text, spans, part) + after;
}

/** Goes through the spans once: a text may be all found words. */
function bestPart(text: string, spans: readonly Span[]): Span {
  const lastStart = Math.max(0, text.length - excerptLength);
  let best = { has: 0, from: 0, to: 0 };
  let first = 0;
  let end = 0;
  for (const span of spans) {
    const from = Math.max(0, Math.min(span.from - leadLength, lastStart));
    const to = Math.min(text.length, from + excerptLength);
    while ((spans[first]?.from ?? from) < from) first++;
    while ((spans[end]?.to ?? text.length + 1) <= to) end++;
    // A word that is longer than an excerpt is in none, but better than nothing.
    const has = Math.max(end - first, 0.5);
    if (has > best.has)
      best = { has, from: startOfWord(text, from, span.from), to: endOfWord(text, to, span.to) };
  }
  return best;
}

/** Where the first word begins after a place, but no further than `limit`. */
function startOfWord(text: string, place: number, limit: number): number {
  if (place === 0) return 0;
  const gap = /\s+/.exec(text.slice(place - 1, limit));
  return gap === null ? wholeCharacter(text, place) : place - 1 + gap.index + gap[0].length;
}

/** Where the last word ends before a place, but no earlier than `limit`. */
function endOfWord(text: string, place: number, limit: number): number {
  if (place === text.length) return place;
  const gap = /\s+\S*$/.exec(text.slice(limit, place + 1));
  return gap === null ? wholeCharacter(text, place) : limit + gap.index;
}

/** Not between the two halves of a surrogate pair. */
const wholeCharacter = (text: string, place: number) =>
  /[\udc00-\udfff]/.test(text.charAt(place)) ? place - 1 : place;

function toHtml(text: string, spans: readonly Span[], { from, to }: Span): string {
  const within = spans
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((span) => span.from < span.to);
  let html = '';
  let place = from;
  for (const span of within) {
    html += escapeHtml(text.slice(place, span.from));
    html += `<mark>${escapeHtml(text.slice(span.from, span.to))}</mark>`;
    place = span.to;
  }
  return html + escapeHtml(text.slice(place, to));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
