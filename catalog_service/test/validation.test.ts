import { type Catalog, mug, startCatalog } from './support/harness.ts';

let catalog: Catalog;
let id: number;
beforeAll(async () => {
  catalog = await startCatalog();
  id = (await catalog.createProduct()).id;
});
afterAll(() => catalog.stop());

const fieldsOf = (body: { errors?: { field: string }[] }) => body.errors?.map((error) => error.field);
const long = (length: number) => 'x'.repeat(length);

const wrongFields: [string, unknown, string?][] = [
  ['name', ''],
  ['name', '   '],
  ['name', long(201)],
  ['name', 7],
  ['name', null],
  ['name', 'a\0b'],
  ['name', 'half a pair \ud800'],
  ['description', long(5_001)],
  ['description', null],
  ['price', -1],
  ['price', 1.5],
  ['price', 100_000_000],
  ['price', '14'],
  ['price', null],
  ['currency', 'USD'],
  ['currency', 'us'],
  ['currency', null],
  ['stock', -1],
  ['stock', 2_147_483_648],
  ['stock', '1'],
  ['category', ''],
  ['category', long(61)],
  ['category', 'Boo\u200bks'],
  ['category', 'Books\u200d'],
  ['tags', 'coffee'],
  ['tags', Array.from({ length: 21 }, (_, index) => `tag${index}`)],
  ['tags', ['ok', ''], 'tags.1'],
  ['tags', ['ok', 'fine', long(41)], 'tags.2'],
  ['tags', [5], 'tags.0'],
  ['tags', ['ok', 'so\u00adft'], 'tags.1'],
  ['imageUrl', 'javascript:alert(1)'],
  ['imageUrl', 'ftp://x.test/a.png'],
  ['imageUrl', 'cup.png'],
  ['imageUrl', `https://x.test/${long(2_000)}`],
  ['id', 5],
  ['prize', 5],
  ['version', 'x'],
];

describe('a product', () => {
  it.each(wrongFields)(
    'with the wrong field %s = %j is refused when it is created and when it is changed',
    async (field, value, path = field) => {
      const created = await catalog.post('/products', { ...mug, [field]: value });
      expect(created.status).toBe(400);
      expect(created.body.code).toBe('validation-failed');
      expect(fieldsOf(created.body)).toEqual([path]);
      const changed = await catalog.patch(`/products/${id}`, { [field]: value });
      if (field === 'stock') expect(changed.body.errors?.[0].field).toBe('stock');
      expect(changed.status).toBe(400);
      expect(fieldsOf(changed.body)).toEqual([path]);
    },
  );

  it('with several wrong fields is refused with all of them at once, and with what was given', async () => {
    const { body } = await catalog.post('/products', {
      name: '',
      price: -5,
      currency: 'EURO',
      tags: ['', 'a'],
    });
    expect(body.errors).toEqual([
      { field: 'name', message: 'must be longer than or equal to 1 characters (given: "")' },
      { field: 'description', message: 'is missing' },
      { field: 'price', message: 'must not be less than 0 (given: -5)' },
      { field: 'stock', message: 'is missing' },
      {
        field: 'currency',
        message: 'must be a currency that can be charged (ISO 4217, lower case) (given: "EURO")',
      },
      {
        field: 'tags.0',
        message: 'must be longer than or equal to 1 and shorter than or equal to 40 characters (given: "")',
      },
    ]);
  });

  it('may have the longest and largest values that are allowed', async () => {
    const largest = {
      name: '🫖'.repeat(200),
      description: long(5_000),
      price: 999_999_999_999,
      currency: 'idr',
      stock: 1_000_000_000,
      category: long(60),
      tags: Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(40, 'x')),
      imageUrl: 'http://localhost:3000/cup.png',
    };
    expect(await catalog.post('/products', largest)).toMatchObject({ status: 201, body: largest });
    const smallest = { name: 'x', description: '', price: 0, stock: 0, category: null, imageUrl: null };
    expect(await catalog.post('/products', smallest)).toMatchObject({ status: 201, body: smallest });
  });
});

describe('a body that is not a product', () => {
  it.each([['[]'], ['null'], ['"x"'], ['7']])('%s is refused', async (body) => {
    expect(await catalog.post('/products', body)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed' },
    });
    expect(fieldsOf((await catalog.patch(`/products/${id}`, body)).body)).toEqual(['body']);
    expect(fieldsOf((await catalog.post('/products/stock', body)).body)).toEqual(['body']);
  });

  it.each([
    ['{"__proto__": {"name": "x"}}'],
    ['{"constructor": {"prototype": {"name": "x"}}}'],
    ['{"toString": 1}'],
  ])('%s pollutes nothing', async (body) => {
    expect((await catalog.post('/products', body)).status).toBe(400);
    expect(({} as { name?: string }).name).toBeUndefined();
  });
});

describe('a wrong query', () => {
  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=99999999999', 'offset'],
    ['search=a&search=b', 'search'],
    ['search=%00', 'search'],
    [`search=${long(201)}`, 'search'],
    ['category=', 'category'],
    ['tag=', 'tag'],
    ['currency=zzz', 'currency'],
    ['currency=EUR', 'currency'],
    ['minPrice=1.5', 'minPrice'],
    ['minPrice=1000000000000', 'minPrice'],
    ['maxPrice=ten', 'maxPrice'],
    ['inStock=yes', 'inStock'],
    ['sort=stock', 'sort'],
  ])('?%s is refused by name', async (query, field) => {
    const { status, body } = await catalog.get(`/products?${query}`);
    expect(status).toBe(400);
    expect(fieldsOf(body)).toEqual([field]);
  });
});

describe('what others add to a query', () => {
  it.each([
    'utm_source=mail&utm_medium=x',
    'fbclid=x',
    'gclid=y',
    '_=1795354765',
    'ref',
    'limit[a]=5',
    '__proto__=1',
    'constructor=1',
    'id=7',
  ])('is ignored: ?%s', async (added) => {
    for (const path of ['/products?limit=1', '/products/suggest?q=cof', `/products/${id}?v=1`]) {
      const [plain, other] = [await catalog.get(path), await catalog.get(`${path}&${added}`)];
      expect([other.status, other.body]).toEqual([200, plain.body]);
    }
  });
});

describe('suggestions', () => {
  it.each(['', '%20', '%C2%A0'])('are none for an emptied field: q=%s', async (q) => {
    expect(await catalog.get(`/products/suggest?q=${q}`)).toMatchObject({ status: 200, body: { items: [] } });
  });

  it.each(['', 'q=a&q=b', 'q=%00', `q=${long(101)}`])('are refused for ?%s', async (query) => {
    expect(fieldsOf((await catalog.get(`/products/suggest?${query}`)).body)).toEqual(['q']);
  });
});

describe('a wrong id', () => {
  it.each(['abc', '0', '-1', '1.0', '01', '2147483648', '9'.repeat(30), '%00', '1%20'])(
    '%s is refused',
    async (wrong) => {
      expect(await catalog.get(`/products/${wrong}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'id' }] },
      });
      expect((await catalog.delete(`/products/${wrong}`)).status).toBe(400);
    },
  );

  it.each([
    [{ ids: 'x' }, 'ids'],
    [{}, 'ids'],
    [{ ids: Array.from({ length: 201 }, (_, index) => index + 1) }, 'ids'],
    [{ ids: [1, '2', 0] }, 'ids.1'],
    [{ ids: [2_147_483_648] }, 'ids.0'],
    [{ ids: [[1]] }, 'ids.0'],
  ])('a look-up of %j is refused', async (body, field) => {
    const reply = await catalog.post('/products/stock', body);
    expect(reply.status).toBe(400);
    expect(fieldsOf(reply.body)?.[0]).toBe(field);
  });
});
