import groups from './synonyms.json' with { type: 'json' };

/**
 * Words for the same thing, and plurals that no stemmer knows: a search for one finds the others too, after those that
 * have the very word. Folded, one word each (or a pair). One list for both engines.
 */
export const synonyms: readonly (readonly string[])[] = groups;

const others = new Map(
  synonyms.flatMap((group) => group.map((word) => [word, group.filter((other) => other !== word)] as const)),
);

/** Every word that has another word for it. */
export const synonymWords: ReadonlySet<string> = new Set(others.keys());

/** Other words for a word, or for its singular or plural. */
export function synonymsOf(word: string): readonly string[] {
  return others.get(word) ?? others.get(`${word}s`) ?? others.get(word.replace(/s$/, '')) ?? [];
}
