import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLogger, createPool } from '@shop/service-kit';
import { createTestDatabase, type TestDatabase } from '@shop/testing';
import { createProductReads } from '../src/db/product-reads.ts';
import { migrateCatalogDatabase } from '../src/index.ts';
import { demoProducts } from '../src/seed/demo-products.ts';
import { createCatalogDatabase, expectStockToAddUp, startCatalog } from './support/harness.ts';

const createEmptyDatabase = () =>
  createTestDatabase({ template: 'catalog_empty', schema: 'catalog', migrate: async () => {} });

describe('seedDemoProducts', () => {
  it('inserts the demo products once, when several instances start at the same time and later', async () => {
    const database = await createCatalogDatabase();
    const start = () => startCatalog({ demo: true, database });
    const instances = await Promise.all([start(), start(), start()]);
    instances.push(await start());
    const count = demoProducts('usd').length;
    expect(count).toBeGreaterThanOrEqual(100);
    const [{ products, movements, events }] = (await database.sql(
      `SELECT (SELECT count(*) FROM products)::int AS products,
         (SELECT count(*) FROM stock_movements WHERE reason = 'initial')::int AS movements,
         (SELECT count(*) FROM outbox WHERE type = 'PRODUCT_UPSERTED')::int AS events`,
    )) as [{ products: number; movements: number; events: number }];
    expect([products, movements, events]).toEqual([count, count, count]);
    await expectStockToAddUp(database);
    for (const instance of instances) await instance.stop();
    await database.drop();
  });

  it('inserts nothing into a shop whose owner deleted everything', async () => {
    const database = await createCatalogDatabase();
    await database.sql(
      `INSERT INTO products (name, price, currency, stock, deleted_at) VALUES ('Mug', 1, 'usd', 0, now())`,
    );
    const catalog = await startCatalog({ demo: true, database });
    expect((await catalog.get('/products')).body.total).toBe(0);
    await catalog.stop();
    await database.drop();
  });
});

describe('migrateCatalogDatabase', () => {
  it('may run several times at once, and records migrations as Prisma does', async () => {
    const database = await createEmptyDatabase();
    await Promise.all([1, 2, 3].map(() => migrateCatalogDatabase(database.ownerUrl)));
    await migrateCatalogDatabase(database.ownerUrl);
    const rows = await database.sql(
      `SELECT migration_name AS name, length(checksum) AS checksum, applied_steps_count AS steps
       FROM _prisma_migrations ORDER BY name`,
    );
    const folders = readdirSync(new URL('../prisma/migrations', import.meta.url), { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(rows).toEqual(names.sort().map((name) => ({ name, checksum: 64, steps: 1 })));
    await database.drop();
  });

  it('gives prices twelve digits beside an instance of the release before, with what it has prepared', async () => {
    const database = await createCatalogDatabase();
    const logger = createLogger({ name: 'test', level: 'silent' });
    const pool = createPool({
      // That release owned its schema.
      url: database.ownerUrl,
      name: 'catalog_service',
      schema: 'catalog',
      logger,
      max: 1,
    });
    await database.sql('ALTER TABLE products DROP CONSTRAINT products_price_check, ALTER price TYPE integer');
    await database.sql('ALTER TABLE products ADD CONSTRAINT products_price_check CHECK (price <= 99999999)');
    await database.sql('DROP INDEX products_currency_price');
    await pool.query(`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_prices_of_every_currency'`);
    await pool.query(`INSERT INTO products (name, price, currency, stock) VALUES ('Mug', 1999, 'usd', 1)`);
    const reads = createProductReads(pool);
    const priceOf = async () => (await reads.findStock([1]))[0]?.price;
    expect(await priceOf()).toBe(1_999);

    await migrateCatalogDatabase(database.ownerUrl);

    expect(await priceOf()).toBe(1_999);
    await pool.query('UPDATE products SET price = 999999999999');
    expect(await priceOf()).toBe(999_999_999_999);
    await expect(pool.query('UPDATE products SET price = 0.5')).rejects.toThrow('products_price_check');
    await pool.end();
    await database.drop();
  });

  it('folds the products that are there, and those that an instance of the release before adds', async () => {
    const database = await createEmptyDatabase();
    const folder = new URL('../prisma/migrations/', import.meta.url);
    const before = readdirSync(folder).filter((name) => /^2/.test(name) && name < '20261127120000');
    const insert = (name: string) =>
      database.sql(
        `INSERT INTO products (name, price, currency, stock, category, tags) VALUES ($1, 1, 'usd', 1, 'Straße', '{ÉTÉ}')`,
        [name],
      );
    for (const name of before.toSorted())
      await database.sql(readFileSync(new URL(`${name}/migration.sql`, folder), 'utf8'));
    await insert('Їжа');
    await recordAsApplied(database, before);

    await migrateCatalogDatabase(database.ownerUrl);

    await insert('中国红茶');
    const catalog = await startCatalog({ database });
    const find = async (query: Record<string, string>) =>
      (await catalog.get(`/products?${new URLSearchParams(query)}`)).body.items.map(
        (item: { name: string }) => item.name,
      );
    expect(await find({ search: 'їжа' })).toEqual(['Їжа']);
    expect(await find({ search: '红茶' })).toEqual(['中国红茶']);
    expect(await find({ category: 'STRASSE', tag: 'été', sort: 'name' })).toEqual(['Їжа', '中国红茶']);
    // As the release before searches.
    const found = await database.sql(
      `SELECT name FROM products WHERE search_document @@ to_tsquery('shop_english', 'strasse & ete')
       AND sort_name >= sort_text('Ї') ORDER BY sort_name, id`,
    );
    expect(found.map(({ name }) => name)).toEqual(['Їжа', '中国红茶']);
    await catalog.stop();
    await database.drop();
  });

  it('gives each database an identity, once', async () => {
    const databases = await Promise.all([createEmptyDatabase(), createEmptyDatabase()]);
    const identities = await Promise.all(
      databases.map(async ({ ownerUrl, sql }) => {
        await migrateCatalogDatabase(ownerUrl);
        const [first] = await sql<{ id: string }>('SELECT id FROM database_identity');
        await migrateCatalogDatabase(ownerUrl);
        expect(await sql('SELECT id FROM database_identity')).toEqual([first]);
        await expect(sql('INSERT INTO database_identity DEFAULT VALUES')).rejects.toThrow('duplicate key');
        return first?.id;
      }),
    );
    expect(new Set(identities).size).toBe(2);
    for (const { drop } of databases) await drop();
  });

  it('refuses a migration that was changed after it had been applied', async () => {
    const database = await createCatalogDatabase();
    await database.sql(`UPDATE _prisma_migrations SET checksum = 'other'`);
    await expect(migrateCatalogDatabase(database.ownerUrl)).rejects.toThrow(
      /20261122120000_init was changed/,
    );
    await database.drop();
  });

  it('makes the tables that schema.prisma describes', async () => {
    const migrated = await createCatalogDatabase();
    const described = await createEmptyDatabase();
    await described.sql(await sqlOfPrismaSchema(described.ownerUrl));
    expect(await columnsOf(migrated)).toEqual(await columnsOf(described));
    // What schema.prisma has no words for: partial indexes, those on expressions or with operator classes, and parameters.
    const beyondPrisma = [
      ...['products_currency_price', 'products_name_order', 'products_name_key', 'products_category_key'],
      ...['products_sku', 'products_group', 'outbox_unsent', 'search_words_alike', 'stock_movements_refund'],
    ];
    const shortLists = " WITH (gin_pending_list_limit='64')";
    const indexes = await indexesOf(migrated);
    expect(
      indexes.every(({ definition }) => / USING gin /.test(definition) === definition.endsWith(shortLists)),
    ).toBe(true);
    expect(indexes.filter((index) => beyondPrisma.includes(index.name))).toHaveLength(beyondPrisma.length);
    const describable = indexes
      .filter((index) => !beyondPrisma.includes(index.name))
      .map((index) => ({ ...index, definition: index.definition.replace(shortLists, '') }));
    expect(describable).toEqual(await indexesOf(described));
    await migrated.drop();
    await described.drop();
  });
});

async function recordAsApplied({ sql }: TestDatabase, names: readonly string[]): Promise<void> {
  const other = await createCatalogDatabase();
  const rows = await other.sql('SELECT * FROM _prisma_migrations WHERE migration_name = ANY ($1)', [names]);
  await other.drop();
  await sql(`CREATE TABLE _prisma_migrations (
    id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
    logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`);
  await sql(
    'INSERT INTO _prisma_migrations SELECT * FROM json_populate_recordset(null::_prisma_migrations, $1)',
    [JSON.stringify(rows)],
  );
}

async function sqlOfPrismaSchema(url: string): Promise<string> {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  const args = [
    'migrate',
    'diff',
    '--from-empty',
    '--to-schema-datamodel',
    'prisma/schema.prisma',
    '--script',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, DATABASE_URL: url, NODE_OPTIONS: '', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
  });
  return stdout;
}

/** Prisma has SERIAL for identity columns, lists that may always be null, and no generated columns. */
function columnsOf(database: TestDatabase): Promise<unknown[]> {
  return database.sql(`
    SELECT table_name, column_name, udt_name, datetime_precision, character_maximum_length,
      is_nullable = 'YES' AND udt_name <> '_text' AS nullable,
      is_identity = 'YES' OR coalesce(column_default LIKE 'nextval(%', false) AS counted,
      CASE WHEN column_default LIKE 'nextval(%' THEN NULL
        WHEN udt_name = '_text' THEN '{}' ELSE column_default END AS "default"
    FROM information_schema.columns
    WHERE table_schema = 'catalog' AND table_name <> '_prisma_migrations'
    ORDER BY table_name, column_name`);
}

function indexesOf(database: TestDatabase): Promise<{ name: string; definition: string }[]> {
  return database.sql(`
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'catalog' AND tablename <> '_prisma_migrations' ORDER BY indexname`);
}
