import { synonymWords } from './synonyms.ts';

/** More words than this do not make a search more precise. */
const mostWords = 10;

/** No word is longer; what is, was not typed by somebody who wants to find something. */
const longestWord = 40;

/** Without capitals and accents: how words are compared. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
}

/**
 * The words of a text, folded, without any sign that could mean something to a query language. A pair that is a word
 * among the synonyms is one ("t-shirt", "t shirt"): its parts alone would find something else.
 */
export function searchWords(text: string): string[] {
  const parts = foldText(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const words = joinPairs(parts.map((part) => part.slice(0, longestWord)));
  return [...new Set(words)].slice(0, mostWords);
}

function joinPairs(parts: readonly string[]): string[] {
  const words: string[] = [];
  for (const part of parts) {
    const pair = `${words.at(-1)}-${part}`;
    if (synonymWords.has(pair)) words.splice(-1, 1, pair);
    else words.push(part);
  }
  return words;
}
