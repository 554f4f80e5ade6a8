/** From four letters on one edit, from eight on two, is still the same word (what Elasticsearch calls AUTO:4,8). */
export function editsAllowed(word: string): number {
  if (word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour. */
export interface Edits {
  /** To make one word the other. */
  readonly whole: number;
  /** To make one word the beginning of the other. */
  readonly beginning: number;
}

/** Damerau and Levenshtein's distance (of optimal string alignment) from a typed word to a real one. */
export function countEdits(typed: string, word: string): Edits {
  let before: number[] = [];
  let previous = Array.from({ length: word.length + 1 }, (_, index) => index);
  for (let i = 1; i <= typed.length; i++) {
    const current = [i];
    for (let j = 1; j <= word.length; j++) {
      const same = typed[i - 1] === word[j - 1];
      const swapped = i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      current[j] = Math.min(
        at(previous, j) + 1,
        at(current, j - 1) + 1,
        at(previous, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = previous;
    previous = current;
  }
  return { whole: at(previous, word.length), beginning: Math.min(...previous) };
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;

/**
 * The candidates that a typed word most likely stands for: those with the fewest edits, none when all need too many.
 * @param measure whether the typed word may be unfinished
 */
export function closest<T extends { readonly word: string }>(
  typed: string,
  candidates: readonly T[],
  measure: keyof Edits,
): T[] {
  const measured = candidates.map((each) => ({ each, edits: countEdits(typed, each.word)[measure] }));
  const fewest = Math.min(editsAllowed(typed), ...measured.map(({ edits }) => edits));
  return measured.filter(({ edits }) => edits === fewest).map(({ each }) => each);
}
