import { versions } from 'node:process';

/** Keys of different versions do not go together. */
export const sortKeyVersion = versions.icu;

/** The order of ICU's root collation, without accents and capitals: that of the other engine. */
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });

/** Comes after every other character. */
const last = '\uffff';

/**
 * A text that sorts names by its code points as the collation sorts them, equals by the name itself. Elasticsearch has
 * no collation of its own.
 */
export const sortKey = (name: string) =>
  `${[...name.normalize('NFC').replace(writtenBefore, '$2$1')].map(weightOf).join('')}\u0001${name}`;

/** Thai and Lao vowels that stand before the consonant that they follow. */
const writtenBefore = /(\p{LOE})([\u0e01-\u0e2e\u0e81-\u0eae\u0edc-\u0edf])/gu;

const weights = new Map<string, string>();

function weightOf(character: string): string {
  const known = weights.get(character);
  if (known !== undefined) return known;
  const weight = compare(character, '') === 0 ? '' : weightAfter('', character);
  weights.set(character, weight);
  return weight;
}

/** What the collation takes for several letters ("æ", "각") has the weights of them all. */
function weightAfter(done: string, character: string): string {
  const letters = primaryLetters();
  let [low, high] = [0, letters.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (compare(done + letters[middle], character) <= 0) low = middle;
    else high = middle - 1;
  }
  const found = done + letters[low];
  const weight = codePoint(low);
  const goesOn = compare(found, character) !== 0 && compare(found + last, character) > 0;
  return goesOn ? weight + weightAfter(found, character) : weight;
}

/** From U+0002 on, and no half of a surrogate pair. */
const codePoint = (place: number) => String.fromCodePoint(place < 0xd7fe ? place + 2 : place + 0x802);

/** Takes a third of a second, once: at the start rather than in the middle of requests. */
export const prepareSortKeys = (): void => void primaryLetters();

let found: readonly string[] | undefined;

/** One character of each weight, in their order. */
function primaryLetters(): readonly string[] {
  if (found !== undefined) return found;
  const characters: string[] = [];
  for (let code = 0x20; code < 0x110000; code++) {
    const character = String.fromCodePoint(code);
    if (!/[\p{Cn}\p{Co}\p{Cs}]/u.test(character)) characters.push(character);
  }
  const letters: string[] = [];
  for (const character of characters.sort(compare)) {
    const before = letters.at(-1) ?? '';
    const isNew =
      compare(character, before) !== 0 && (before === '' || compare(character, before + last) > 0);
    if (isNew) letters.push(character);
  }
  found = letters;
  return letters;
}
