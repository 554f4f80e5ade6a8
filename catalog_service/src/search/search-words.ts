import { begunRun, foldText, runsOf } from './folding.ts';
import stopWordList from './stop-words.json' with { type: 'json' };
import { synonymWords } from './synonyms.ts';

/** More words than this do not make a search more precise. */
const mostWords = 10;

/** More of them in a run without spaces do not, either. */
const mostParts = 40;

/** They tell products apart only when there is nothing else: "the lighthouse" is a lighthouse. */
const stopWords = new Set<string>(stopWordList);
export const isStopWord = (word: string) => stopWords.has(word);

/**
 * The words of a text, folded, without any sign that could mean something to a query language. One that is to be found as
 * several words, one after the other, has spaces between them: a run of a script without spaces, or a pair.
 */
export function allWords(text: string): string[] {
  const words = runsOf(foldText(text)).map((run) => begunRun(run).slice(0, mostParts).join(' '));
  return [...new Set(joinPairs(words))].slice(0, mostWords);
}

/** Those that are worth a search: stop words only if there are no others. */
export function searchWords(text: string): string[] {
  const words = allWords(text);
  const telling = words.filter((word) => !isStopWord(word));
  return telling.length > 0 ? telling : words;
}

/** A pair that is a word among the synonyms is one ("t-shirt", "t shirt"): its parts would find something else. */
function joinPairs(parts: readonly string[]): string[] {
  const words: string[] = [];
  for (const part of parts) {
    const pair = `${words.at(-1)} ${part}`;
    if (synonymWords.has(pair)) words.splice(-1, 1, pair);
    else words.push(part);
  }
  return words;
}
