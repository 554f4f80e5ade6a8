/**
 * Words for the same thing, and plurals that no stemmer knows: who searches for one finds the others too, after those
 * that have the very word. Lower case, without accents, one word each (or a pair with a hyphen). The one list for
 * every search engine.
 */
export const synonyms: readonly (readonly string[])[] = [
  ['aluminium', 'aluminum'],
  ['backpack', 'rucksack', 'knapsack'],
  ['bicycle', 'bike', 'cycle'],
  ['blanket', 'plaid'],
  ['bottle', 'flask', 'thermos'],
  ['camera', 'webcam'],
  ['charger', 'adapter'],
  ['colour', 'color'],
  ['cushion', 'pillow'],
  ['duvet', 'comforter', 'quilt'],
  ['grey', 'gray'],
  ['headlamp', 'torch', 'flashlight'],
  ['headphones', 'earphones', 'earbuds', 'headset'],
  ['jeans', 'denim'],
  ['knife', 'knives'],
  ['laptop', 'macbook'],
  ['notebook', 'notepad', 'journal'],
  ['organiser', 'organizer'],
  ['puzzle', 'jigsaw'],
  ['rug', 'carpet'],
  ['scarf', 'scarves'],
  ['science-fiction', 'scifi'],
  ['shelf', 'shelves'],
  ['skillet', 'pan'],
  ['sneakers', 'trainers'],
  ['sweater', 'jumper', 'pullover'],
  ['t-shirt', 'tshirt', 'tee'],
  ['trousers', 'pants'],
  ['vest', 'gilet', 'waistcoat'],
  ['watercolour', 'watercolor'],
];

const groups = new Map<string, string[]>();
for (const group of synonyms) {
  for (const word of group) {
    const others = group.filter((other) => other !== word);
    groups.set(word, [...(groups.get(word) ?? []), ...others]);
  }
}

/** Every word that has another word for it. */
export const synonymWords: ReadonlySet<string> = new Set(groups.keys());

/** Other words for a word, or for its singular or plural. */
export function synonymsOf(word: string): readonly string[] {
  return groups.get(word) ?? groups.get(`${word}s`) ?? groups.get(word.replace(/s$/, '')) ?? [];
}
