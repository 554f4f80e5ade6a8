import { allWords, searchWords } from '../src/search/search-words.ts';
import { synonyms, synonymsOf } from '../src/search/synonyms.ts';

describe('searchWords', () => {
  it.each([
    ['Wireless  HEADPHONES!', ['wireless', 'headphones']],
    ["l'été & (mug | cup):* <-> !x", ['l', 'ete', 'mug', 'cup', 'x']],
    ['mug mug', ['mug']],
    ['T-shirt, t shirt', ['t shirt']],
    ['usb-c', ['usb', 'c']],
    ['中国红茶 茶 ｶﾞﾗｽ', ['中国 国红 红茶', '茶', 'ガラ ラス']],
    ["!!! ' \\ --", []],
    ['The Lighthouse', ['lighthouse']],
    ['the', ['the']],
  ])('%s', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('takes no more words than make sense, and no longer ones', () => {
    expect(searchWords(Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '))).toHaveLength(10);
    expect(searchWords('x'.repeat(200))).toEqual(['x'.repeat(40)]);
  });

  it('keeps the words that say little where a name may begin with them', () => {
    expect(allWords('The Lighthouse')).toEqual(['the', 'lighthouse']);
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
