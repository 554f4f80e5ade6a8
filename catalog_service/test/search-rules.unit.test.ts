import { searchWords } from '../src/search/search-words.ts';
import { synonyms, synonymsOf } from '../src/search/synonyms.ts';
import { closest, countEdits, editsAllowed } from '../src/search/typos.ts';

describe('searchWords', () => {
  it.each([
    ['Wireless  HEADPHONES!', ['wireless', 'headphones']],
    ["l'été & (mug | cup):* <-> !x", ['l', 'ete', 'mug', 'cup', 'x']],
    ['mug mug', ['mug']],
    ['T-shirt, t shirt', ['t-shirt']],
    ['usb-c', ['usb', 'c']],
    ['コーヒー ガラス', ['コーヒー', 'ガラス']],
    ["!!! ' \\ --", []],
  ])('%s', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('takes no more words than make sense, and no longer ones', () => {
    expect(searchWords(Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '))).toHaveLength(10);
    expect(searchWords('x'.repeat(200))).toEqual(['x'.repeat(40)]);
  });
});

describe('countEdits', () => {
  it.each([
    ['mug', 'mug', 0, 0],
    ['mug', 'mugs', 1, 0],
    ['tabel', 'table', 1, 1],
    ['hedphones', 'headphones', 1, 1],
    ['hedph', 'headphones', 5, 1],
    ['keybaord', 'keyboard', 1, 1],
    ['x', '', 1, 1],
    ['', 'ab', 2, 0],
    ['ca', 'abc', 3, 1],
  ])('from %s to %s are %i, to its beginning %i', (typed, word, whole, beginning) => {
    expect(countEdits(typed, word)).toEqual({ whole, beginning });
  });
});

describe('a typo', () => {
  it.each([
    ['mug', 0],
    ['lamp', 1],
    ['monitor', 1],
    ['keyboard', 2],
  ])('in %s may be of %i edits', (word, allowed) => {
    expect(editsAllowed(word)).toBe(allowed);
  });

  const words = (...all: string[]) => all.map((word) => ({ word }));

  it('means the words with the fewest edits, all of them', () => {
    expect(closest('tabel', words('table', 'label', 'cable'), 'whole')).toEqual(words('table', 'label'));
    expect(closest('keybord', words('keyboard', 'key'), 'whole')).toEqual(words('keyboard'));
  });

  it('means nothing when all are too far', () => {
    expect(closest('mgu', words('mug'), 'whole')).toEqual([]);
    expect(closest('zebra', words('table'), 'whole')).toEqual([]);
    expect(closest('hedph', words('headphones'), 'whole')).toEqual([]);
    expect(closest('hedph', words('headphones'), 'beginning')).toEqual(words('headphones'));
    expect(closest('zebra', [], 'whole')).toEqual([]);
  });
});

describe('the synonyms', () => {
  it('are words as searchWords gives them, each in one group only', () => {
    const all = synonyms.flat();
    expect(all.filter((word) => searchWords(word).join(' ') !== word)).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('hold in both directions, and for plurals', () => {
    expect(synonymsOf('trainers')).toEqual(['sneakers']);
    expect(synonymsOf('sneakers')).toEqual(['trainers']);
    expect(synonymsOf('sneaker')).toEqual(['trainers']);
    expect(synonymsOf('rucksacks')).toContain('backpack');
    expect(synonymsOf('mug')).toEqual([]);
  });
});
