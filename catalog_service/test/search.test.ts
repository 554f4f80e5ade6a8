import type { Facets } from '../src/domain/search-index.ts';
import { demoProducts } from '../src/seed/demo-products.ts';
import { type Catalog, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog({ demo: true });
});
afterAll(() => catalog.stop());

interface Item {
  readonly id: number;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
  readonly category: string;
  readonly tags: string[];
}

interface Page {
  readonly items: Item[];
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly nextCursor: string | null;
  readonly facets?: Facets;
}

async function list(query: Record<string, string>): Promise<Page> {
  const { status, body } = await catalog.get(`/products?${new URLSearchParams(query)}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

const namesOf = async (query: Record<string, string>) => (await list(query)).items.map((item) => item.name);

const all = demoProducts('usd');

describe('a search', () => {
  it.each(['xylophone zebra', '!!!', "' \\ --"])(
    'for "%s" finds nothing, which is no error',
    async (search) => {
      expect(await list({ search })).toMatchObject({ items: [], total: 0, nextCursor: null });
    },
  );

  it('takes a text for words, whatever they would mean to a database', async () => {
    await list({ search: "'; DROP TABLE products; --" });
    expect((await list({})).total).toBe(all.length);
  });

  it('without a text, or with an empty one, is the listing', async () => {
    expect(await list({ search: '  ' })).toEqual(await list({}));
  });

  it('finds at once what was just saved, under its new name only', async () => {
    const { id } = await catalog.createProduct({ name: 'Zither of Walnut' });
    expect(await namesOf({ search: 'zither' })).toEqual(['Zither of Walnut']);
    await catalog.patch(`/products/${id}`, { name: 'Dulcimer' });
    expect(await namesOf({ search: 'zither' })).toEqual([]);
    expect(await namesOf({ search: 'dulcimer' })).toEqual(['Dulcimer']);
    await catalog.delete(`/products/${id}`);
    expect(await namesOf({ search: 'dulcimer' })).toEqual([]);
  });

  it('shows where it found the words, if asked to', async () => {
    const [found] = (await list({ search: 'cofee mug', highlight: 'true' })).items;
    expect(found).toMatchObject({
      name: 'Stoneware Coffee Mug',
      highlights: {
        name: 'Stoneware <mark>Coffee</mark> <mark>Mug</mark>',
        description: expect.stringContaining(
          '<mark>mug</mark> of 350 ml that keeps <mark>coffee</mark> warm',
        ),
      },
    });
    const plain = await catalog.get('/products?search=cofee+mug');
    expect((await catalog.get('/products?search=cofee+mug&highlight=false')).body).toEqual(plain.body);
    expect(plain.body.items[0]).not.toHaveProperty('highlights');
    expect(await list({ highlight: 'true', search: ' ' })).toEqual(await list({}));
  });

  it('finds a product first by its own name, and by a word within it', async () => {
    const names = [
      'C Primer',
      'C++ Primer',
      'Lego™',
      '½',
      '中国红茶',
      'Їжа',
      'The Who',
      'To Be or Not to Be',
    ];
    for (const name of names) await catalog.createProduct({ name, category: 'Odd Names' });
    for (const name of names) expect((await namesOf({ search: name }))[0]).toBe(name);
    expect(await namesOf({ search: '红茶' })).toEqual(['中国红茶']);
    expect((await namesOf({ search: 'lego' }))[0]).toBe('Lego™');
    expect(await namesOf({ category: 'odd names', sort: 'name' })).toEqual([
      '½',
      'C Primer',
      'C++ Primer',
      'Lego™',
      'The Who',
      'To Be or Not to Be',
      'Їжа',
      '中国红茶',
    ]);
    const { items } = await list({ category: 'odd names' });
    for (const { id } of items) await catalog.delete(`/products/${id}`);
  });

  it('without any hit under its filters is not taken for misspelt', async () => {
    expect(await list({ search: 'headphones', maxPrice: '1' })).toMatchObject({ items: [], total: 0 });
  });
});

describe('the listing', () => {
  it('gives the newest twenty and the total', async () => {
    const { items, total } = await list({});
    expect(total).toBe(all.length);
    expect(items.map((item) => item.name)).toEqual(
      all
        .slice(-20)
        .reverse()
        .map((product) => product.name),
    );
    expect(items[0]).not.toHaveProperty('searchWords');
  });

  it.each(['newest', 'price', '-price', 'name', '-name', 'relevance'])(
    'sorted by %s, page by page, gives every product once, by offset as by cursor',
    async (sort) => {
      const found: Item[] = [];
      let cursor: string | null = '';
      for (let offset = 0; cursor !== null; offset += 30) {
        const page = await list({ sort, limit: '30', ...(cursor && { cursor }) });
        expect(await list({ sort, limit: '30', offset: String(offset) })).toEqual({ ...page, offset });
        found.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(new Set(found.map((item) => item.id)).size).toBe(all.length);
      const prices = found.map((item) => item.price);
      if (sort === 'price') expect(prices).toEqual([...prices].sort((a, b) => a - b));
      if (sort === '-price') expect(prices).toEqual([...prices].sort((a, b) => b - a));
      if (sort === 'name') expect(found.at(0)?.name).toBe('1,000-Piece Puzzle Alps');
      if (sort === '-name') expect(found.at(-1)?.name).toBe('1,000-Piece Puzzle Alps');
    },
  );

  it('refuses a cursor of another listing, a broken one, and one with an offset', async () => {
    const { nextCursor } = await list({ sort: 'price' });
    for (const query of [
      `cursor=${nextCursor}`,
      `cursor=${nextCursor}&sort=-price`,
      `cursor=${nextCursor}&sort=price&category=Toys`,
      'cursor=abc',
      'cursor=',
      'cursor=%00',
    ]) {
      const reply = await catalog.get(`/products?${query}`);
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } });
    }
    expect(await catalog.get(`/products?cursor=${nextCursor}&sort=price&offset=1`)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', errors: [{ field: 'offset' }] },
    });
  });

  it('beyond the last page still tells the total, and what was asked', async () => {
    const page = await list({ offset: '5000', limit: '7' });
    const total = { total: all.length, totalIsExact: true };
    expect(page).toEqual({ items: [], ...total, limit: 7, offset: 5000, nextCursor: null });
  });

  it('has facets only when they are asked for, also on a page beyond the last', async () => {
    const plain = await list({ offset: '5000' });
    expect(plain).not.toHaveProperty('facets');
    expect(await list({ offset: '5000', facets: 'false' })).toEqual(plain);
    const { facets, ...page } = await list({ offset: '5000', facets: 'true' });
    expect(page).toEqual(plain);
    expect(facets?.inStock).toEqual({ true: all.length, false: 0 });
  });

  it('counts what each further choice would give', async () => {
    const query = { category: 'Kitchen', maxPrice: '2499', limit: '1', facets: 'true' };
    const facets = (await list(query)).facets as Facets;
    const cheap = all.filter((product) => product.price <= 2_499);
    const countOf = (category: string) => cheap.filter((product) => product.category === category).length;
    expect(facets.categories).toContainEqual({ value: 'Kitchen', count: countOf('Kitchen') });
    expect(facets.categories).toContainEqual({ value: 'Toys', count: countOf('Toys') });
    for (const { value, count } of facets.tags.slice(0, 5))
      expect((await list({ category: 'Kitchen', maxPrice: '2499', tag: value })).total).toBe(count);
    for (const { from, to, count } of facets.priceRanges) {
      const range = { minPrice: String(from), ...(to !== null && { maxPrice: String(to) }) };
      expect((await list({ category: 'Kitchen', ...range })).total).toBe(count);
    }
  });

  it('keeps to its filters, all of them', async () => {
    const query = { category: 'Kitchen', tag: 'coffee', minPrice: '1400', maxPrice: '3600', limit: '100' };
    const wanted = all.filter(
      ({ category, tags, price }) =>
        category === 'Kitchen' && tags.includes('coffee') && price >= 1400 && price <= 3600,
    );
    const { items, total } = await list(query);
    expect(total).toBe(wanted.length);
    expect(items.map((item) => item.name).sort()).toEqual(wanted.map((product) => product.name).sort());
    expect(wanted.length).toBeGreaterThan(2);
  });

  it('tells what can be had from what is sold out', async () => {
    const { id } = await catalog.createProduct({ name: 'Sold Out', stock: 0 });
    const soldOut = await list({ inStock: 'false' });
    expect(soldOut).toMatchObject({ items: [{ id }], total: 1 });
    expect((await list({ inStock: 'true' })).total).toBe(all.length);
    expect((await list({ inStock: 'false', search: 'sold', category: 'Toys' })).total).toBe(0);
    await catalog.delete(`/products/${id}`);
  });
});

describe('completions', () => {
  it('come as one types', async () => {
    const { status, body } = await catalog.get('/products/suggest?q=kit');
    expect(status).toBe(200);
    expect(body.items.slice(0, 2)).toEqual([
      { kind: 'category', text: 'Kitchen' },
      { kind: 'product', text: 'Kite Skylark', id: expect.any(Number) },
    ]);
    expect((await catalog.get('/products/suggest?q=hedph')).body.items.map(textOf)).toContain(
      'Aurora Wireless Headphones',
    );
    expect((await catalog.get('/products/suggest?q=zzzz')).body).toEqual({ items: [] });
    expect((await catalog.get('/products/suggest?q=c')).body.items).toHaveLength(10);
  });

  it.each([
    ['', 'q'],
    [`q=${'x'.repeat(101)}`, 'q'],
    ['q=a&q=b', 'q'],
  ])('for ?%s are refused', async (query, field) => {
    const reply = await catalog.get(`/products/suggest?${query}`);
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed', errors: [{ field }] } });
  });

  const textOf = (suggestion: { text: string }) => suggestion.text;
});
