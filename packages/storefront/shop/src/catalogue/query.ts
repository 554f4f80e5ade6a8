export const sorts = [
  ['', 'Best match'],
  ['newest', 'Newest'],
  ['price', 'Price, lowest first'],
  ['-price', 'Price, highest first'],
  ['name', 'Name'],
] as const;

type Sort = Exclude<(typeof sorts)[number][0], ''>;

const isSort = (text: string | null): text is Sort => sorts.some(([value]) => value !== '' && value === text);

/** What the API is asked for, of the address of the page. What makes no sense there is left out. */
export function queryOf(chosen: URLSearchParams) {
  const text = (name: string) => chosen.get(name) || undefined;
  const [minPrice, maxPrice] = (chosen.get('price') ?? '')
    .split('-')
    .map((end) => (/^\d+$/.test(end) ? Number(end) : undefined));
  const sort = chosen.get('sort');
  const query = {
    search: text('search'),
    category: text('category'),
    tag: text('tag'),
    minPrice,
    maxPrice,
    inStock: chosen.get('inStock') === 'true' || undefined,
    sort: isSort(sort) ? sort : undefined,
    collapse: 'group' as const,
    limit: 24,
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as typeof query;
}
