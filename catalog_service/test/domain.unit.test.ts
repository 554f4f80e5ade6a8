import { changedContent, type Product } from '../src/domain/product.ts';
import { findShortages, mergeLines } from '../src/domain/stock.ts';
import { allowedRevisions, hasTag } from '../src/routes/etag.ts';

const line = (productId: number, qty: number) => ({ productId, qty });

describe('mergeLines', () => {
  it('sums up the lines of one product and puts the products in one order', () => {
    expect(mergeLines([line(7, 1), line(3, 2), line(7, 4)])).toEqual([line(3, 2), line(7, 5)]);
  });
});

describe('findShortages', () => {
  const stock = new Map([
    [1, 5],
    [2, 0],
  ]);

  it('finds none when there is just enough of every product', () => {
    expect(findShortages([line(1, 5)], stock)).toEqual([]);
  });

  it('finds every line with too little stock, and counts none of an unknown product', () => {
    expect(findShortages([line(1, 6), line(2, 1), line(3, 2)], stock)).toEqual([
      { productId: 1, requested: 6, available: 5 },
      { productId: 2, requested: 1, available: 0 },
      { productId: 3, requested: 2, available: 0 },
    ]);
  });
});

describe('changedContent', () => {
  const product = { name: 'Mug', price: 5, tags: ['a', 'b'], category: null } as unknown as Product;

  it('returns only the fields that differ', () => {
    expect(changedContent(product, { name: 'Mug', price: 6, tags: ['a', 'b'], category: null })).toEqual({
      price: 6,
    });
    expect(changedContent(product, { tags: ['b', 'a'], category: undefined })).toEqual({ tags: ['b', 'a'] });
  });
});

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', [3]],
    ['"3.17"', [3]],
    ['W/"3.17", "4"', [3, 4]],
    ['"other"', [0]],
    ['"a,b", "4.1"', [0, 4]],
  ])('%s allows the revisions %j', (header, revisions) => {
    expect(allowedRevisions(header)).toEqual(revisions);
  });

  it.each(['', '3', '"3', 'W/3', '"3",', '"3" "4"', '"3", 4'])(
    'refuses %j, which is not a list of tags',
    (header) => {
      expect(() => allowedRevisions(header)).toThrow(/If-Match must be/);
    },
  );
});

describe('If-None-Match', () => {
  it.each([
    [undefined, false],
    ['"1.1"', false],
    ['"1"', false],
    ['"1.2"', true],
    ['W/"1.2"', true],
    ['"9", "1.2"', true],
    ['"a, b", "1.2"', true],
    ['"a,"1.2"', false],
    ['*', true],
  ])('%s has the tag "1.2": %s', (header, expected) => {
    expect(hasTag(header, '"1.2"')).toBe(expected);
  });
});
