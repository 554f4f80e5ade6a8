import { escapeHtml } from '@shop/service-kit';
import { placesOfWords } from './folding.ts';

/** Which words of a text were found, by their number in `wordsOf`. */
export type FoundWords = readonly number[];

/** Words are marked in so many characters of a description only: a page of long ones must stay quick. */
export const highlightedLength = 2_000;

/** About how long the part of a description is that is shown, and how much of that stands before the first mark. */
const excerptLength = 150;
const lead = 40;

interface Range {
  readonly start: number;
  readonly end: number;
}

/** HTML of a text: everything is escaped, and `<mark>` is the only element. Undefined when nothing was found in it. */
export function markName(name: string, found: FoundWords): string | undefined {
  const marks = rangesOf(name, found);
  return marks.length === 0 ? undefined : toHtml(name, marks, { start: 0, end: name.length });
}

/** The same of the part of a description that has the most marks; "…" stands where the text goes on. */
export function markDescription(description: string, found: FoundWords): string | undefined {
  const marks = rangesOf(description.slice(0, highlightedLength), found);
  const excerpts = marks.map(({ start }) => {
    const excerpt = excerptOf(description, start);
    return { ...excerpt, count: marks.filter((mark) => isWithin(mark, excerpt)).length };
  });
  const none = { start: 0, end: 0, count: 0 };
  const best = excerpts.reduce((most, each) => (each.count > most.count ? each : most), none);
  if (best.count === 0) return undefined;
  const html = toHtml(description, marks, best);
  return `${best.start > 0 ? '…' : ''}${html}${best.end < description.length ? '…' : ''}`;
}

/** What stands around a mark: whole words, where there are spaces between them. */
function excerptOf(text: string, mark: number): Range {
  const start = Math.max(0, Math.min(mark - lead, text.length - excerptLength));
  const end = start + excerptLength;
  const cutOff = start === 0 ? '' : (/^\S*\s+|^[\udc00-\udfff]/.exec(text.slice(start, mark))?.[0] ?? '');
  const cutShort =
    end >= text.length ? '' : (/\s+\S*$|[\ud800-\udbff]$/.exec(text.slice(start, end))?.[0] ?? '');
  return { start: start + cutOff.length, end: Math.min(end, text.length) - cutShort.length };
}

const isWithin = (mark: Range, whole: Range) => mark.start >= whole.start && mark.end <= whole.end;

/** The found words, those as one that overlap or have but a hyphen between them: "USB-C" are two. */
function rangesOf(text: string, found: FoundWords): Range[] {
  const places = placesOfWords(text);
  const ranges: { start: number; end: number }[] = [];
  for (const number of found) {
    const place = places[number];
    const last = ranges.at(-1);
    if (place === undefined) continue;
    if (last && /^-?$/.test(text.slice(last.end, place.start))) last.end = Math.max(last.end, place.end);
    else ranges.push({ ...place });
  }
  return ranges;
}

function toHtml(text: string, marks: readonly Range[], whole: Range): string {
  let html = '';
  let done = whole.start;
  for (const mark of marks.filter((each) => isWithin(each, whole))) {
    html += `${escapeHtml(text.slice(done, mark.start))}<mark>${escapeHtml(text.slice(mark.start, mark.end))}</mark>`;
    done = mark.end;
  }
  return html + escapeHtml(text.slice(done, whole.end));
}
