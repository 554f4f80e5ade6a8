import { sortKey } from '../src/search/elasticsearch/sort-key.ts';
import { catalogNames } from './support/catalog-names.ts';

const bytes = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });
const collated = (a: string, b: string) => Math.sign(compare(a, b)) || bytes(a, b);

/** Beginnings, ends and mixtures of names: thousands, the same ones each time. */
function pieces(): string[] {
  const whole = catalogNames.flatMap((name) => [name, name.normalize('NFD'), name.toUpperCase()]);
  const parts = whole.flatMap((name) => {
    const characters = [...name];
    return characters.flatMap((_, at) => [
      characters.slice(0, at).join(''),
      characters.slice(at, at + 4).join(''),
    ]);
  });
  return [...new Set([...whole, ...parts, ...'æœøłđßıÅꜳﬁ½각ﷺ'])].filter(
    (text) => !/^\p{M}|[\u0e40-\u0e44\u0ec0-\u0ec4]$/u.test(text),
  );
}

it('sorts by its bytes as ICU sorts names', () => {
  const texts = pieces();
  expect(texts.length).toBeGreaterThan(1_000);
  const wrong: string[][] = [];
  for (let step = 1; step < 40; step++)
    for (let at = step; at < texts.length; at++) {
      const [a, b] = [texts[at - step], texts[at]] as [string, string];
      if (bytes(sortKey(a), sortKey(b)) !== collated(a, b)) wrong.push([a, b]);
    }
  expect(wrong).toEqual([]);
});
