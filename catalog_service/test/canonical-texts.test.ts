import { migrateCatalogDatabase } from '../src/index.ts';
import { type Catalog, createCatalogDatabase, mug, startCatalog } from './support/harness.ts';

const composed = { name: 'Café crème', description: 'Crème.', category: 'Café', tags: ['crème', 'thé'] };
const decomposed = {
  name: ' Cafe\u0301 cre\u0300me',
  description: 'Cre\u0300me. ',
  category: '\u00a0Cafe\u0301',
  tags: ['cre\u0300me ', 'crème', 'the\u0301'],
};

describe('a product whose texts are decomposed', () => {
  let catalog: Catalog;
  beforeAll(async () => {
    catalog = await startCatalog();
  });
  afterAll(() => catalog.stop());

  it('is kept composed, when it is created and when it is changed', async () => {
    const created = await catalog.createProduct(decomposed);
    expect(created).toMatchObject(composed);
    const { id } = await catalog.createProduct();
    expect((await catalog.patch(`/products/${id}`, decomposed)).body).toMatchObject(composed);
    const again = await catalog.patch(`/products/${id}`, { ...decomposed, tags: ['crème', 'thé'] });
    expect(again.body.revision).toBe(2);
  });

  it('has one category and one tag with those that are not, however they are asked for', async () => {
    for (const category of ['Thé', 'The\u0301'])
      await catalog.createProduct({ name: 'Tea', category, tags: [`e\u0301te\u0301`, 'été'] });
    for (const filter of [
      'category=Th%C3%A9',
      'category=The%CC%81',
      'tag=%C3%A9t%C3%A9',
      'tag=e%CC%81te%CC%81%20',
    ]) {
      const { body } = await catalog.get(`/products?${filter}&facets=true&search=tea`);
      expect(body.total).toBe(2);
      expect(body.facets).toMatchObject({
        categories: [{ value: 'Thé', count: 2 }],
        tags: [{ value: 'été', count: 2 }],
      });
    }
  });

  it('is as long as it is composed, and as it was given', async () => {
    const name = 'e\u0301'.repeat(100);
    expect((await catalog.createProduct({ name })).name).toBe('é'.repeat(100));
    for (const long of [`${name}e`, '\u0958'.repeat(101)]) {
      const { status, body } = await catalog.post('/products', { ...mug, name: long });
      expect([status, body.errors?.[0].field]).toEqual([400, 'name']);
    }
  });

  it('may have the joiners that its script and its emoji need', async () => {
    const joined = {
      name: 'نامه\u200cها ™\ufe0f',
      category: 'ශ්\u200dරී ලංකා',
      tags: ['👩\u200d🚀', 'می\u200cخواهم'],
    };
    expect(await catalog.createProduct(joined)).toMatchObject(joined);
  });

  it('is refused when its category has what nobody sees, which is named', async () => {
    const { body } = await catalog.post('/products', { ...mug, category: 'Bo\u200boks', tags: ['a\u202eb'] });
    const rule = 'must have no invisible, private or unassigned characters, but has';
    expect(body.errors).toEqual([
      { field: 'category', message: `${rule} U+200B (given: "Bo\u200boks")` },
      { field: 'tags.0', message: `${rule} U+202E (given: "a\u202eb")` },
    ]);
  });
});

it('products of earlier releases are composed by the migration, and published', async () => {
  const database = await createCatalogDatabase();
  const insert = `INSERT INTO products (name, description, price, currency, stock, category, tags, deleted_at)
    VALUES ($1, $2, 1400, 'usd', 0, $3, $4, $5)`;
  const { name, description, category, tags } = decomposed;
  const texts = [name.trim(), description.trim(), category.trim(), tags.map((tag) => tag.trim())];
  await database.sql(insert, ['Mug', '', null, [], null]);
  await database.sql(insert, [...texts, null]);
  await database.sql(insert, [...texts, new Date()]);
  await database.sql(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%texts_in_nfc'`);

  await migrateCatalogDatabase(database.ownerUrl);

  const catalog = await startCatalog({ database });
  const untouched = (await catalog.get('/products/1')).body;
  expect(untouched).toMatchObject({ revision: 1, version: 1 });
  const product = (await catalog.get('/products/2')).body;
  expect(product).toMatchObject({ ...composed, revision: 2, version: 2 });
  const [event] = await catalog.awaitProductEvents(2, 1);
  // That migration is older than these.
  const { sku, groupId, options, media, ...data } = product;
  expect(event).toMatchObject({ type: 'PRODUCT_UPSERTED', source: 'catalog_service', data });
  expect(catalog.events).toHaveLength(1);
  await catalog.stop();
  await database.drop();
});
