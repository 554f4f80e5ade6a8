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

async function list(query: Record<string, string>): Promise<{ items: Item[]; total: number }> {
  const { status, body } = await catalog.get(`/products?${new URLSearchParams(query)}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

const namesOf = async (query: Record<string, string>) => (await list(query)).items.map((item) => item.name);

const all = demoProducts('usd');

describe('a search', () => {
  it.each([
    // As it is written, with other endings, unfinished, in another order, with other signs.
    ['headphones', 'Aurora Wireless Headphones'],
    ['HEADPHONE', 'Aurora Wireless Headphones'],
    ['wirel', 'Aurora Wireless Headphones'],
    ['headphones wireless', 'Aurora Wireless Headphones'],
    ['wireless headph', 'Aurora Wireless Headphones'],
    ['usb c cable', 'Braided USB-C Cable, 2 m'],
    ['coffee mugs', 'Stoneware Coffee Mug'],
    ["chef's kni", "Chef's Knife 20 cm"],
    // With and without accents.
    ['Café', 'Café Crème Cup Set'],
    ['cafe creme', 'Café Crème Cup Set'],
    // By category, tag and description.
    ['kitchen mug', 'Stoneware Coffee Mug'],
    ['science-fiction', 'The Quiet Algorithm'],
    ['noise cancelling', 'Aurora Wireless Headphones'],
    // Misspelt.
    ['hedphones', 'Aurora Wireless Headphones'],
    ['cofee mug', 'Stoneware Coffee Mug'],
    ['keybord', 'Clack Mechanical Keyboard'],
    ['bakpack', 'Ridge Backpack 40 L'],
    ['moniter', 'Meridian 27" Monitor'],
    ['tabel lamp', 'Paper Table Lamp'],
    ['wirless hedphones', 'Aurora Wireless Headphones'],
    ['creem cup', 'Café Crème Cup Set'],
  ])('for "%s" finds %s', async (search, name) => {
    expect(await namesOf({ search })).toContain(name);
  });

  it.each([
    ['headphones', ['Aurora Wireless Headphones', 'Pebble In-Ear Headphones']],
    ['hedphones', ['Aurora Wireless Headphones', 'Pebble In-Ear Headphones']],
    ['coffee mug', ['Enamel Camping Mug', 'Stoneware Coffee Mug']],
  ])('for "%s" finds nothing else', async (search, names) => {
    expect((await namesOf({ search })).sort()).toEqual(names);
  });

  it('puts a hit in the name before one in the description', async () => {
    const names = await namesOf({ search: 'chess' });
    expect(names[0]).toBe('Chess Set, Folding');
    const coffee = await namesOf({ search: 'coffee' });
    expect(coffee.slice(0, 3).every((name) => name.includes('Coffee'))).toBe(true);
    expect(coffee.length).toBeGreaterThan(5);
  });

  it.each(['xylophone zebra', '!!!', "'; DROP TABLE products; --"])(
    'for "%s" finds nothing',
    async (search) => {
      expect(await list({ search })).toMatchObject({ items: [], total: 0 });
    },
  );

  it('finds at once what was just saved, under its new name only', async () => {
    const { id } = await catalog.createProduct({ name: 'Zither of Walnut' });
    expect(await namesOf({ search: 'zither' })).toEqual(['Zither of Walnut']);
    await catalog.patch(`/products/${id}`, { name: 'Dulcimer' });
    expect(await namesOf({ search: 'zither' })).toEqual([]);
    expect(await namesOf({ search: 'dulcimer' })).toEqual(['Dulcimer']);
    await catalog.delete(`/products/${id}`);
    expect(await namesOf({ search: 'dulcimer' })).toEqual([]);
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
    'sorted by %s, page by page, gives every product once',
    async (sort) => {
      const found: Item[] = [];
      for (let offset = 0; offset < all.length; offset += 15) {
        found.push(...(await list({ sort, limit: '15', offset: String(offset) })).items);
      }
      expect(new Set(found.map((item) => item.id)).size).toBe(all.length);
      const prices = found.map((item) => item.price);
      if (sort === 'price') expect(prices).toEqual([...prices].sort((a, b) => a - b));
      if (sort === '-price') expect(prices).toEqual([...prices].sort((a, b) => b - a));
      if (sort === 'name') expect(found.at(0)?.name).toBe('1,000-Piece Puzzle Alps');
      if (sort === '-name') expect(found.at(-1)?.name).toBe('1,000-Piece Puzzle Alps');
    },
  );

  it('beyond the last page still tells the total, and what was asked', async () => {
    expect(await list({ offset: '5000', limit: '7' })).toEqual({
      items: [],
      total: all.length,
      limit: 7,
      offset: 5000,
    });
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
