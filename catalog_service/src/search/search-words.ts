/** More words than this do not make a search more precise. */
const mostWords = 10;

/** The words of a search text, without any sign that could mean something to a query language. */
export function searchWords(text: string): string[] {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return [...new Set(words)].slice(0, mostWords);
}

/** A tsquery that wants all words, the last of which may be just begun. */
export function allWordsQuery(words: readonly string[]): string {
  return `${words.join(' & ')}:*`;
}
