import { createLogger, createPool } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import { createExclusively } from '../src/db/exclusively.ts';
import { createPrisma } from '../src/db/prisma.ts';
import { createProductBatches, type ProductBatches } from '../src/db/product-batches.ts';
import type { Product } from '../src/domain/product.ts';
import { createBulkWriter } from '../src/search/elasticsearch/bulk-writer.ts';
import type { Client } from '../src/search/elasticsearch/client.ts';
import { documentOf, tombstoneOf, type Versioned } from '../src/search/elasticsearch/document.ts';
import { indicesOf, stateOf } from '../src/search/elasticsearch/index-names.ts';
import { rebuildIndex } from '../src/search/elasticsearch/rebuild.ts';
import { runReindex } from '../src/search/elasticsearch/run-reindex.ts';
import { reindexLock } from '../src/search/elasticsearch/settings.ts';
import { createTestIndices, elasticsearchUrl } from './support/elasticsearch.ts';
import { createCatalogDatabase, startCatalog } from './support/harness.ts';

const indices = createTestIndices();
let client: Client;
let database: TestDatabase;
let products: ProductBatches;
let alias: string;
let closePool: () => Promise<void>;
let exclusively: ReturnType<typeof createExclusively>;

const productCount = 1_203;

beforeAll(async () => {
  client = await indices.open();
  database = await createCatalogDatabase();
  await database.sql(
    `INSERT INTO products (name, price, currency, stock)
     SELECT 'Lamp ' || n, n, 'usd', 1 FROM generate_series(1, $1::int) AS n`,
    [productCount],
  );
  await database.sql('UPDATE products SET deleted_at = now(), version = 2 WHERE id % 100 = 0');
  // Long ago: only the first of the copies sees them.
  await database.sql(
    `UPDATE products SET updated_at = now() - interval '1 day', deleted_at = deleted_at - interval '1 day'`,
  );
  const logger = createLogger({ name: 'test', level: 'silent' });
  const pool = createPool({ url: database.url, name: 'test', schema: 'catalog', logger });
  const prisma = createPrisma(pool);
  products = createProductBatches(prisma);
  closePool = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  exclusively = (work) => createExclusively(pool, reindexLock(alias))(work);
});

afterAll(async () => {
  await closePool();
  await database.drop();
  await indices.removeAll();
});

beforeEach(() => {
  alias = indices.newName();
});

const rebuild = (source: ProductBatches = products) =>
  rebuildIndex({ client, alias, replicas: 0, products: source });

/** A source that does something before it gives each batch. */
const withEach = (before: (batch: number) => Promise<unknown>): ProductBatches => ({
  ...products,
  read: async function* (options) {
    let count = 0;
    for await (const batch of products.read(options)) {
      await before(count++);
      yield batch;
    }
  },
});

async function indexed(): Promise<Map<number, { version: number | undefined; name: string | undefined }>> {
  await client.indices.refresh({ index: alias });
  const { hits } = await client.search<Partial<Product>>({ index: alias, size: 5_000, version: true });
  return new Map(
    hits.hits.map((hit) => [Number(hit._id), { version: hit._version, name: hit._source?.name }]),
  );
}

async function stored(): Promise<ReturnType<typeof indexed>> {
  const rows = await database.sql<{ id: number; name: string; version: number; deleted: boolean }>(
    'SELECT id, name, version, deleted_at IS NOT NULL AS deleted FROM products ORDER BY id',
  );
  return new Map(
    rows.map(({ id, name, version, deleted }) => [id, { version, name: deleted ? undefined : name }]),
  );
}

const expectSameAsStored = async () =>
  expect(new Map([...(await indexed())].sort(([a], [b]) => a - b))).toEqual(await stored());

const writeAsIndexer = (documents: readonly Versioned[]) =>
  createBulkWriter(client, { index: alias, requireAlias: true })(documents);

async function changeInDatabase(id: number, name: string): Promise<Versioned> {
  const [row] = await database.sql<Product>(
    `UPDATE products SET name = $2, version = version + 1, updated_at = now() WHERE id = $1
     RETURNING id, name, version, price, currency, stock, tags`,
    [id, name],
  );
  return documentOf(row as Product);
}

const onSaleTotal = async () => {
  const reply = await client.count({ index: alias, query: { term: { deleted: false } } });
  return reply.count;
};

describe('a rebuild', () => {
  it('copies every product with its version, deleted ones as such', async () => {
    expect(await stateOf(client, alias)).toBe('missing');
    expect(await rebuild()).toBe(productCount);
    await expectSameAsStored();
    expect(await stateOf(client, alias)).toBe('settled');
    expect(await onSaleTotal()).toBe(productCount - Math.floor(productCount / 100));
  });

  it('never shows a part of them, and leaves one index', async () => {
    await rebuild();
    const [before] = await indicesOf(client, alias);
    const complete = await onSaleTotal();
    const seen: number[] = [];
    let done = false;
    const looking = (async () => {
      while (!done) seen.push(await onSaleTotal());
    })();
    await rebuild();
    done = true;
    await looking;
    expect(new Set(seen)).toEqual(new Set([complete]));
    const after = await indicesOf(client, alias);
    expect(after).toHaveLength(1);
    expect(after).not.toContain(before);
  });

  it('has what changed meanwhile, whatever the moment, and whether an event told of it or not yet', async () => {
    await rebuild();
    const moments: string[] = [];
    const tell = async (moment: string) => {
      const id = moments.push(moment);
      await writeAsIndexer([await changeInDatabase(id, `Told ${moment}`)]);
      await database.sql('UPDATE products SET deleted_at = now(), version = version + 1 WHERE id = $1', [
        300 + id,
      ]);
      await writeAsIndexer([tombstoneOf(300 + id, 2)]);
    };
    const doNotTell = (moment: string) => changeInDatabase(600 + moments.length, `Not told yet ${moment}`);
    let pass = 0;
    await rebuild({
      ...products,
      read: async function* (options) {
        pass++;
        await tell(`before ${pass}`);
        await doNotTell(`before ${pass}`);
        for await (const batch of products.read(options)) {
          await tell(`during ${pass}`);
          yield batch;
        }
        await tell(`after ${pass}`);
        // After the last look the event of a change is on its way to the new index.
        if (pass < 3) await doNotTell(`after ${pass}`);
      },
    });
    expect(moments).toEqual(expect.arrayContaining(['during 1', 'after 2', 'before 3', 'after 3']));
    await expectSameAsStored();
  });

  it('that breaks off leaves the old index in use, and nothing behind after the next', async () => {
    await rebuild();
    const before = await indicesOf(client, alias);
    const breaksOff = withEach(async (batch) => {
      if (batch === 1) throw new Error('killed');
    });
    await expect(rebuild(breaksOff)).rejects.toThrow('killed');
    expect(await indicesOf(client, alias)).toHaveLength(2);
    expect(Object.keys(await client.indices.getAlias({ name: alias }))).toEqual(before);
    expect(await stateOf(client, alias)).toBe('settled');
    await expectSameAsStored();
    await rebuild();
    expect(await indicesOf(client, alias)).toHaveLength(1);
    await expectSameAsStored();
  });

  it('that breaks off after the change of place is known to be unfinished', async () => {
    let pass = 0;
    const breaksOff: ProductBatches = {
      ...products,
      read: (options) => {
        if (++pass === 3) throw new Error('killed');
        return products.read(options);
      },
    };
    await expect(rebuild(breaksOff)).rejects.toThrow('killed');
    expect(await stateOf(client, alias)).toBe('unsettled');
    await rebuild();
    expect(await stateOf(client, alias)).toBe('settled');
  });

  it('cannot be fooled by an index that vanishes under it', async () => {
    const vanishes = withEach(async (batch) => {
      if (batch === 1) await client.indices.delete({ index: await indicesOf(client, alias) });
    });
    await expect(rebuild(vanishes)).rejects.toThrow('index_not_found');
    expect(await indicesOf(client, alias)).toEqual([]);
    expect(await stateOf(client, alias)).toBe('missing');
  });
});

it('an old version takes nothing back, and raises no dead', async () => {
  await rebuild();
  const [live, dead] = [(await indexed()).get(7)?.version ?? 0, (await indexed()).get(100)?.version ?? 0];
  const old = { ...(await anyProduct()), name: 'Of long ago' };
  const failures = await writeAsIndexer([
    documentOf({ ...old, id: 7, version: live }),
    documentOf({ ...old, id: 100, version: dead - 1 }),
  ]);
  expect(failures.size).toBe(0);
  await expectSameAsStored();
});

async function anyProduct(): Promise<Product> {
  for await (const [first] of products.read()) if (first !== undefined) return first.product;
  throw new Error('There is no product.');
}

describe('the command', () => {
  const run = async (environment: Record<string, string> = {}) => {
    const said = { stdout: [] as string[], stderr: [] as string[] };
    const host = {
      env: {
        DATABASE_URL: database.url,
        ELASTICSEARCH_URL: elasticsearchUrl,
        ELASTICSEARCH_INDEX: alias,
        ...environment,
      },
      stdout: { write: (text: string) => void said.stdout.push(text) },
      stderr: { write: (text: string) => void said.stderr.push(text) },
      exitCode: undefined as number | undefined,
    };
    await runReindex(host as unknown as NodeJS.Process);
    return { stdout: said.stdout.join(''), stderr: said.stderr.join(''), exitCode: host.exitCode };
  };

  it('says how far it is, and puts the new index in use', async () => {
    const { stdout, stderr, exitCode } = await run();
    expect(stdout.split('\n')).toEqual([
      '500 of 1203 products',
      '1000 of 1203 products',
      '1203 of 1203 products',
      'done: the new index, of 1203 products, is in use',
      '',
    ]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: undefined });
    await expectSameAsStored();
  });

  it('does not run twice at a time', async () => {
    const outcome = await exclusively(() => run());
    expect(outcome).toMatchObject({ stderr: 'reindex: the index is being built already\n', exitCode: 1 });
    expect(await stateOf(client, alias)).toBe('missing');
    expect((await run()).exitCode).toBeUndefined();
  });

  it('names what is missing or wrong', async () => {
    const wrong = await run({ DATABASE_URL: '', ELASTICSEARCH_URL: '', ELASTICSEARCH_INDEX: 'No*' });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('DATABASE_URL');
    expect(wrong.stderr).toContain('ELASTICSEARCH_INDEX must be lower-case letters');
    const without = await run({ ELASTICSEARCH_URL: '' });
    expect(without.exitCode).toBe(2);
    expect(without.stderr).toContain('ELASTICSEARCH_URL is missing');
  });

  it('ends with 1 when Elasticsearch is away', async () => {
    const { exitCode, stderr } = await run({ ELASTICSEARCH_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('reindex: ');
  });
});

describe('several instances', () => {
  let instances: Awaited<ReturnType<typeof startCatalog>>[] = [];
  afterEach(() => Promise.all(instances.map((each) => each.stop())));

  const startInstances = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        startCatalog({
          database,
          settings: { ELASTICSEARCH_URL: elasticsearchUrl, ELASTICSEARCH_INDEX: alias },
        }),
      ),
    );

  it('that start at once build one index, and mend it when it gets lost or is of another definition', async () => {
    instances = await startInstances(3);
    const untilAllSearchIt = () =>
      waitFor(async () => {
        const replies = await Promise.all(instances.map((each) => each.get('/readyz')));
        return (
          replies.every(({ body }) => body.degraded.length === 0) &&
          (await stateOf(client, alias)) === 'settled'
        );
      });
    await untilAllSearchIt();
    const [built, ...others] = await indicesOf(client, alias);
    expect(others).toEqual([]);
    await expectSameAsStored();

    await client.indices.delete({ index: built as string });
    expect((await instances[0]?.get('/products?search=lamp'))?.status).toBe(200);
    await untilAllSearchIt();
    const [rebuilt] = await indicesOf(client, alias);
    expect(rebuilt).not.toBe(built);

    await client.indices.putMapping({
      index: rebuilt as string,
      _meta: { definition: 'of another release' },
    });
    await waitFor(async () => (await indicesOf(client, alias)).every((index) => index !== rebuilt));
    await untilAllSearchIt();
    await expectSameAsStored();
  });
});
