import { type NewProduct, noVariant, type Product } from '../../src/domain/product.ts';
import type { Facets, FacetValue, ProductSearch, ProductSort } from '../../src/domain/search-index.ts';
import { priceRangeStarts } from '../../src/search/facets.ts';

/** What a search index must answer, worked out the plain way: product by product. */
export function productsOf(all: readonly Product[], search: ProductSearch, sort: ProductSort): Product[] {
  return all.filter((product) => fitsAll(product, search)).sort(comparisons[sort]);
}

/** Of each group the first in the order. */
export function firstOfGroups(found: readonly Product[]): Product[] {
  const seen = new Set<string | null>();
  return found.filter(({ groupId }) => groupId === null || (!seen.has(groupId) && seen.add(groupId)));
}

type KeyOf = (product: Product) => number | string;
/** What is in no group is one of its own. */
export const groupKey: KeyOf = ({ id, groupId }) => groupId ?? id;

/** Each facet counts under all filters but its own; what has the same key counts once. */
export function facetsOf(
  all: readonly Product[],
  search: ProductSearch,
  keyOf: KeyOf = ({ id }) => id,
): Facets {
  const without = (own: ProductSearch) => all.filter((product) => fitsAll(product, { ...search, ...own }));
  const countOf = (products: readonly Product[]) => new Set(products.map(keyOf)).size;
  const stocks = (inStock: boolean) =>
    without({ inStock: undefined }).filter((product) => product.stock > 0 === inStock);
  const { facetCurrency } = search;
  const priced = without({ minPrice: undefined, maxPrice: undefined }).filter(
    ({ currency }) => facetCurrency === undefined || currency === facetCurrency,
  );
  const valued = (products: readonly Product[], valuesOf: (product: Product) => readonly string[]) =>
    products.flatMap((product) => valuesOf(product).map((value) => ({ value, key: keyOf(product) })));
  return {
    categories: count(
      valued(without({ category: undefined }), ({ category }) => (category === null ? [] : [category])),
    ).slice(0, 100),
    tags: count(valued(without({ tag: undefined }), ({ tags }) => tags)).slice(0, 20),
    priceRanges: priceRangeStarts.map((from, index) => {
      const to = (priceRangeStarts[index + 1] ?? Number.POSITIVE_INFINITY) - 1;
      const within = priced.filter(({ price }) => price >= from && price <= to);
      return { from, to: Number.isFinite(to) ? to : null, count: countOf(within) };
    }),
    inStock: { true: countOf(stocks(true)), false: countOf(stocks(false)) },
  };
}

function fitsAll(product: Product, search: ProductSearch): boolean {
  const { category, tag, currency, minPrice, maxPrice, inStock } = search;
  return (
    (category === undefined || (product.category !== null && isAlike(product.category, category))) &&
    (tag === undefined || product.tags.some((each) => isAlike(each, tag))) &&
    (currency === undefined || product.currency === currency) &&
    (minPrice === undefined || product.price >= minPrice) &&
    (maxPrice === undefined || product.price <= maxPrice) &&
    (inStock === undefined || product.stock > 0 === inStock)
  );
}

/** By the way in which the first of them is written. */
function count(values: readonly { readonly value: string; readonly key: number | string }[]): FacetValue[] {
  const counts: { value: string; keys: Set<number | string> }[] = [];
  for (const { value, key } of values) {
    const known = counts.find((each) => isAlike(each.value, value));
    if (known) known.keys.add(key);
    else counts.push({ value, keys: new Set([key]) });
  }
  return counts
    .map(({ value, keys }) => ({ value, count: keys.size }))
    .sort((a, b) => b.count - a.count || byBytes(withoutAccents(a.value), withoutAccents(b.value)));
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const withoutAccents = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
const isAlike = (a: string, b: string) => withoutAccents(a) === withoutAccents(b);

type Compare = (a: Product, b: Product) => number;
const byId: Compare = (a, b) => a.id - b.id;
const byPrice: Compare = (a, b) => a.price - b.price || byId(a, b);
const { compare } = new Intl.Collator('und', { sensitivity: 'base' });
const byName: Compare = (a, b) => compare(a.name, b.name) || byBytes(a.name, b.name) || byId(a, b);
const comparisons: Readonly<Record<ProductSort, Compare>> = {
  relevance: (a, b) => byId(b, a),
  newest: (a, b) => byId(b, a),
  price: byPrice,
  '-price': (a, b) => byPrice(b, a),
  name: byName,
  '-name': (a, b) => byName(b, a),
};

/** Eighty lamps of all sorts, many of them equal in one way or another; the same ones each time. */
export function assortedLamps(): NewProduct[] {
  const names = ['Éclair lamp', 'eclair LAMP', 'Zebra lamp', 'apple lamp', 'Øre lamp', 'Lamp', '灯 lamp'];
  const categories = ['Home', 'Office', 'Ähnliches', null, 'HOME', 'ahnliches'];
  const tags = Array.from({ length: 26 }, (_, index) => `tag ${String.fromCharCode(97 + index)}`);
  return Array.from({ length: 80 }, (_, index) => ({
    name: names[index % names.length] as string,
    description: '',
    price: [0, 2_499, 2_500, 9_999, 10_000, 20_000, 999_999_999_999][(index * 3) % 7] as number,
    currency: ['usd', 'idr', 'usd'][(index * 5) % 3] as string,
    stock: index % 3,
    category: categories[(index * 7) % 6] as string | null,
    tags: tags
      .filter((_, position) => (index + position) % (3 + (position % 5)) === 0)
      .map((tag) => (index % 4 === 0 ? tag.toUpperCase() : tag)),
    imageUrl: null,
    ...noVariant,
  }));
}
