import { synonymWords } from './synonyms.ts';

/** More words than this do not make a search more precise. */
const mostWords = 10;

/** No word is longer; what is, was not typed to find something. */
const longestWord = 40;

/** They tell products apart only when there is nothing else: "the lighthouse" is a lighthouse. */
const stopWords = new Set(
  (
    'a about after all am an and any are as at be been before being below between both but by can did do does ' +
    'doing down during each few for from further had has have having he her here hers him his how i if in into is ' +
    'it its itself just me more most my no nor not now of off on once only or other our ours out over own s same ' +
    'she should so some such t than that the their theirs them then there these they this those through to too ' +
    'under until up very was we were what when where which while who whom why will with you your yours'
  ).split(' '),
);

/** The words of a text, folded, without any sign that could mean something to a query language. */
export function allWords(text: string): string[] {
  const parts = foldText(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const words = joinPairs(parts.map((part) => part.slice(0, longestWord)));
  return [...new Set(words)].slice(0, mostWords);
}

/** Those that are worth a search: stop words only if there are no others. */
export function searchWords(text: string): string[] {
  const words = allWords(text);
  const telling = words.filter((word) => !stopWords.has(word));
  return telling.length > 0 ? telling : words;
}

/** Without capitals and accents: how words are compared. */
function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
}

/** A pair that is a word among the synonyms is one ("t-shirt", "t shirt"): its parts would find something else. */
function joinPairs(parts: readonly string[]): string[] {
  const words: string[] = [];
  for (const part of parts) {
    const pair = `${words.at(-1)}-${part}`;
    if (synonymWords.has(pair)) words.splice(-1, 1, pair);
    else words.push(part);
  }
  return words;
}
