import stopWordList from './stop-words.json' with { type: 'json' };
import { synonymWords } from './synonyms.ts';

/** More words than this do not make a search more precise. */
const mostWords = 10;

/** No word is longer; what is, was not typed to find something. */
const longestWord = 40;

/** They tell products apart only when there is nothing else: "the lighthouse" is a lighthouse. */
const stopWords = new Set<string>(stopWordList);

/** The words of a text, folded, without any sign that could mean something to a query language. */
export function allWords(text: string): string[] {
  const parts =
    foldText(text)
      .normalize('NFC')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const words = joinPairs(parts.map((part) => part.slice(0, longestWord)));
  return [...new Set(words)].slice(0, mostWords);
}

/** Those that are worth a search: stop words only if there are no others. */
export function searchWords(text: string): string[] {
  const words = allWords(text);
  const telling = words.filter((word) => !stopWords.has(word));
  return telling.length > 0 ? telling : words;
}

/** Without capitals and accents: how words are compared and names are sorted. */
export const foldText = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

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
