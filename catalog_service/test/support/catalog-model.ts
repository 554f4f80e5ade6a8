import type { NewProduct, Product } from '../../src/domain/product.ts';
import type { Facets, FacetValue, ProductSearch, ProductSort } from '../../src/domain/search-index.ts';
import { priceRangeStarts } from '../../src/search/facets.ts';

/** What a search index must answer, worked out the plain way: product by product. */
export function productsOf(all: readonly Product[], search: ProductSearch, sort: ProductSort): Product[] {
  return all.filter((product) => fitsAll(product, search)).sort(comparisons[sort]);
}

/** Each facet counts under all filters but its own. */
export function facetsOf(all: readonly Product[], search: ProductSearch): Facets {
  const without = (own: ProductSearch) => all.filter((product) => fitsAll(product, { ...search, ...own }));
  const stocks = without({ inStock: undefined }).map((product) => product.stock > 0);
  const { facetCurrency } = search;
  const prices = without({ minPrice: undefined, maxPrice: undefined })
    .filter(({ currency }) => facetCurrency === undefined || currency === facetCurrency)
    .map((product) => product.price);
  return {
    categories: count(without({ category: undefined }).flatMap((product) => product.category ?? [])).slice(
      0,
      100,
    ),
    tags: count(without({ tag: undefined }).flatMap((product) => product.tags)).slice(0, 20),
    priceRanges: priceRangeStarts.map((from, index) => {
      const to = (priceRangeStarts[index + 1] ?? Number.POSITIVE_INFINITY) - 1;
      const within = prices.filter((price) => price >= from && price <= to);
      return { from, to: Number.isFinite(to) ? to : null, count: within.length };
    }),
    inStock: {
      true: stocks.filter((inStock) => inStock).length,
      false: stocks.filter((inStock) => !inStock).length,
    },
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
function count(values: readonly string[]): FacetValue[] {
  const counts: { value: string; count: number }[] = [];
  for (const value of values) {
    const known = counts.find((each) => isAlike(each.value, value));
    if (known) known.count++;
    else counts.push({ value, count: 1 });
  }
  return counts.sort(
    (a, b) => b.count - a.count || byBytes(withoutAccents(a.value), withoutAccents(b.value)),
  );
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
  }));
}
