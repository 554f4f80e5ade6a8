import { PermanentError } from '@shop/messaging';
import { createLogger, createPool, type WithLock, withAdvisoryLock } from '@shop/service-kit';
import { type TestDatabase, waitFor } from '@shop/testing';
import {
  type AllProductsRepository,
  createAllProductsRepository,
} from '../src/db/all-products.repository.ts';
import { createPrisma } from '../src/db/prisma.ts';
import type { Product } from '../src/domain/product.ts';
import { runReindex } from '../src/reindex-command.ts';
import type { Client } from '../src/search/elasticsearch/client.ts';
import {
  documentOf,
  tombstoneOf,
  type Versioned,
  writeDocuments,
} from '../src/search/elasticsearch/document.ts';
import { keepIndex } from '../src/search/elasticsearch/index-keeper.ts';
import { type IndexOwner, indicesOf, ownerOf, reindexLock } from '../src/search/elasticsearch/indices.ts';
import { rebuildIndex } from '../src/search/elasticsearch/rebuild-index.ts';
import { createTestIndices, elasticsearchUrl } from './support/elasticsearch.ts';
import { createCatalogDatabase, startCatalog } from './support/harness.ts';

const indices = createTestIndices();
let client: Client;
let database: TestDatabase;
let products: AllProductsRepository;
let name: string;
let owner: IndexOwner;
let ownDatabase: string;
let alias: string;
let pool: ReturnType<typeof createPool>;
let closePool: () => Promise<void>;
const withReindexLock: WithLock = (work) => withAdvisoryLock(pool, reindexLock(name), work);

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
  pool = createPool({ url: database.url, name: 'test', schema: 'catalog', logger });
  const prisma = createPrisma(pool);
  products = createAllProductsRepository(prisma);
  closePool = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
});

afterAll(async () => {
  await closePool();
  await database.drop();
  await indices.removeAll();
});

beforeEach(async () => {
  name = indices.newName();
  ownDatabase = await products.database();
  owner = ownerOf(name, ownDatabase);
  alias = owner.alias;
});

const rebuild = (source: AllProductsRepository = products, of = { owner, client }) =>
  rebuildIndex({ ...of, replicas: 0, products: source });

const indexNames = async () => (await indicesOf(client, name)).map(({ index }) => index);

async function state(): Promise<'missing' | 'unsettled' | 'settled'> {
  const own = (await indicesOf(client, name)).find((each) => each.alias === alias);
  return own === undefined ? 'missing' : own.isSettled ? 'settled' : 'unsettled';
}

/** A source that does something before it gives each batch. */
const withEach = (before: (batch: number) => Promise<unknown>): AllProductsRepository => ({
  ...products,
  read: async function* (options) {
    let count = 0;
    for await (const batch of products.read(options)) {
      await before(count++);
      yield batch;
    }
  },
});

async function indexed(
  index = alias,
): Promise<Map<number, { version: number | undefined; name: string | undefined }>> {
  await client.indices.refresh({ index });
  const { hits } = await client.search<Partial<Product>>({ index, size: 5_000, version: true });
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

const expectSameAsStored = async (index = alias) =>
  expect(new Map([...(await indexed(index))].sort(([a], [b]) => a - b))).toEqual(await stored());

const writeAsIndexer = (documents: readonly Versioned[]) => writeDocuments(client, alias, documents);

async function changeInDatabase(id: number, name: string): Promise<Versioned> {
  const [row] = await database.sql<Product>(
    `UPDATE products SET name = $2, version = version + 1, updated_at = now() WHERE id = $1
     RETURNING id, name, description, version, price, currency, stock, category, tags`,
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
    expect(await state()).toBe('missing');
    expect(await rebuild()).toBe(productCount);
    await expectSameAsStored();
    expect(await state()).toBe('settled');
    expect(await onSaleTotal()).toBe(productCount - Math.floor(productCount / 100));
  });

  it('never shows a part of them, and leaves one index', async () => {
    await rebuild();
    const [before] = await indexNames();
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
    const after = await indexNames();
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
      await writeAsIndexer([tombstoneOf({ id: 300 + id, version: 2 })]);
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
    const before = await indexNames();
    const breaksOff = withEach(async (batch) => {
      if (batch === 1) throw new Error('killed');
    });
    await expect(rebuild(breaksOff)).rejects.toThrow('killed');
    expect(await indexNames()).toHaveLength(2);
    expect(Object.keys(await client.indices.getAlias({ name: alias }))).toEqual(before);
    expect(await state()).toBe('settled');
    await expectSameAsStored();
    await rebuild();
    expect(await indexNames()).toHaveLength(1);
    await expectSameAsStored();
  });

  it('that breaks off after the change of place is known to be unfinished', async () => {
    let pass = 0;
    const breaksOff: AllProductsRepository = {
      ...products,
      read: (options) => {
        if (++pass === 3) throw new Error('killed');
        return products.read(options);
      },
    };
    await expect(rebuild(breaksOff)).rejects.toThrow('killed');
    expect(await state()).toBe('unsettled');
    await rebuild();
    expect(await state()).toBe('settled');
  });

  it('cannot be fooled by an index that vanishes under it', async () => {
    const vanishes = withEach(async (batch) => {
      if (batch === 1) await client.indices.delete({ index: await indexNames() });
    });
    await expect(rebuild(vanishes)).rejects.toThrow('index_not_found');
    expect(await indexNames()).toEqual([]);
    expect(await state()).toBe('missing');
  });

  it('does not delete what another, that has lost its lock, has put in use meanwhile', async () => {
    await rebuild();
    let finishFirst = () => {};
    const mayFinish = new Promise<void>((resolve) => {
      finishFirst = resolve;
    });
    let isBuilt = () => {};
    const built = new Promise<void>((resolve) => {
      isBuilt = resolve;
    });
    let pass = 0;
    const first = rebuild({
      ...products,
      read: async function* (options) {
        yield* products.read(options);
        if (++pass !== 2) return;
        isBuilt();
        await mayFinish;
      },
    });
    await built;
    // The second has seen an unfinished index, and deletes it a moment later.
    const slow = Object.create(client, {
      indices: {
        value: Object.create(client.indices, {
          delete: {
            value: async (...given: Parameters<Client['indices']['delete']>) => {
              finishFirst();
              await Promise.allSettled([first]);
              return client.indices.delete(...given);
            },
          },
        }),
      },
    });
    const outcomes = await Promise.allSettled([rebuild(products, { owner, client: slow }), first]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await state()).toBe('settled');
    expect(await indexNames()).toHaveLength(1);
    await expectSameAsStored();
  });

  it('puts nothing in use once it has lost its lock', async () => {
    const losing = new AbortController();
    let pass = 0;
    const loses: AllProductsRepository = {
      ...products,
      read: async function* (options) {
        yield* products.read(options);
        // All is copied, and nothing but the change of place remains.
        if (++pass === 2) losing.abort(new Error('lost the lock'));
      },
    };
    const options = { client, owner, replicas: 0, products: loses, signal: losing.signal };
    await expect(rebuildIndex(options)).rejects.toThrow('lost the lock');
    expect(await state()).toBe('missing');
  });
});

describe('documents that cannot be written', () => {
  it('hold no others, and are told from what only the index is at fault for', async () => {
    await rebuild();
    const product = await anyProduct();
    const good = documentOf({ ...product, id: 5_001, version: 1 });
    const wrong = documentOf({ ...product, id: 5_002, version: 1, price: 'much' as unknown as number });
    const tooLong = documentOf({ ...product, id: 5_003, version: 1, name: 'x'.repeat(40_000) });
    const failures = await writeAsIndexer([wrong, good, tooLong]);
    expect(failures).toEqual([expect.any(PermanentError), undefined, expect.any(PermanentError)]);
    const inIndex = await indexed();
    expect([5_001, 5_002, 5_003].map((id) => inIndex.has(id))).toEqual([true, false, false]);

    await client.indices.close({ index: alias });
    const closed = await writeAsIndexer([good, wrong]);
    expect(closed).toHaveLength(2);
    for (const failure of closed) {
      expect(failure?.message).toContain('index_closed_exception');
      expect(failure).not.toBeInstanceOf(PermanentError);
    }
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
  expect(failures).toEqual([undefined, undefined]);
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
        ELASTICSEARCH_INDEX: name,
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
    const outcome = await withReindexLock(() => run());
    expect(outcome).toMatchObject({ stderr: 'reindex: the index is being built already\n', exitCode: 1 });
    expect(await state()).toBe('missing');
    expect((await run()).exitCode).toBeUndefined();
  });

  it('leaves the index of another release alone', async () => {
    await rebuild(products, { owner: ownerOf(name, ownDatabase, 'v2'), client });
    const before = await indexNames();
    const { exitCode, stderr } = await run();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the index is of another release or shop');
    expect(await indexNames()).toEqual(before);
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
          settings: { ELASTICSEARCH_URL: elasticsearchUrl, ELASTICSEARCH_INDEX: name },
        }),
      ),
    );

  it('that start at once build one index, and mend it when it gets lost', async () => {
    instances = await startInstances(3);
    const untilAllSearchIt = () =>
      waitFor(async () => {
        const replies = await Promise.all(instances.map((each) => each.get('/readyz')));
        return replies.every(({ body }) => body.degraded.length === 0) && (await state()) === 'settled';
      });
    await untilAllSearchIt();
    const [built, ...others] = await indexNames();
    expect(others).toEqual([]);
    await expectSameAsStored();

    await client.indices.delete({ index: built as string });
    expect((await instances[0]?.get('/products?search=lamp'))?.status).toBe(200);
    await untilAllSearchIt();
    const [rebuilt] = await indexNames();
    expect(rebuilt).not.toBe(built);
    await expectSameAsStored();
  });
});

describe('two releases that define the index otherwise', () => {
  const logger = createLogger({ name: 'test', level: 'silent' });
  const running = new Set<ReturnType<typeof startRelease>>();
  afterEach(async () => {
    for (const each of running) await each.stop();
  });

  /** An instance of a release, as far as the index goes; looks as often as it can. */
  function startRelease(
    definition: string,
    { database = ownDatabase, ...timing }: { database?: string; reclaimAfterMs?: number } = {},
  ) {
    const own = ownerOf(name, database, definition);
    const seen = { rebuilds: 0, looks: 0, subscribed: 0 };
    const counted: AllProductsRepository = {
      ...products,
      count: () => {
        seen.rebuilds++;
        return products.count();
      },
    };
    const looking = Object.create(client, {
      indices: {
        value: Object.create(client.indices, {
          get: {
            value: (...given: Parameters<Client['indices']['get']>) => {
              seen.looks++;
              return client.indices.get(...given);
            },
          },
        }),
      },
    });
    const keeper = keepIndex({
      client: looking,
      owner: own,
      replicas: 0,
      products: counted,
      withReindexLock,
      whileUsable: async () => {
        seen.subscribed++;
        return { close: async () => void seen.subscribed-- };
      },
      logger,
      everyMs: 10,
      ...timing,
    });
    const instance = {
      seen,
      alias: own.alias,
      usable: keeper.usable,
      untilItSearches: () => waitFor(() => keeper.usable() && seen.subscribed === 1, { timeoutMs: 20_000 }),
      untilLooked: async (times: number) => {
        const wanted = seen.looks + times;
        await waitFor(() => seen.looks >= wanted);
      },
      untilItSearchesNoMore: () => waitFor(() => !keeper.usable() && seen.subscribed === 0),
      stop: async () => {
        running.delete(instance);
        await keeper.stop();
      },
    };
    running.add(instance);
    return instance;
  }

  const aliasesInUse = async () => (await indicesOf(client, name)).map((each) => each.alias);

  it('do not build by turns: one that starts takes the place of the other, which searches PostgreSQL from then on', async () => {
    const old = [startRelease('v1'), startRelease('v1')] as const;
    await Promise.all(old.map((each) => each.untilItSearches()));
    const next = startRelease('v2');
    await next.untilItSearches();
    await Promise.all(old.map((each) => each.untilItSearchesNoMore()));
    await Promise.all(old.map((each) => each.untilLooked(20)));
    expect(await aliasesInUse()).toEqual([next.alias]);
    const rebuilds = () => [...old, next].map(({ seen }) => seen.rebuilds).sort();
    expect(rebuilds()).toEqual([0, 1, 1]);

    const again = startRelease('v1');
    await again.untilItSearches();
    await next.untilItSearchesNoMore();
    await next.untilLooked(20);
    expect(await aliasesInUse()).toEqual([again.alias]);
    expect([...rebuilds(), again.seen.rebuilds]).toEqual([0, 1, 1, 1]);
    await expectSameAsStored(again.alias);
  });

  it('let one that lost its place have it back after a while', async () => {
    const patient = startRelease('v1', { reclaimAfterMs: 0 });
    await patient.untilItSearches();
    const restarted = startRelease('v2');
    await waitFor(() => patient.seen.rebuilds === 2, { timeoutMs: 20_000 });
    await patient.untilItSearches();
    await restarted.untilLooked(20);
    expect(restarted.usable()).toBe(false);
    expect(await aliasesInUse()).toEqual([patient.alias]);
    expect([patient, restarted].map(({ seen }) => seen.rebuilds)).toEqual([2, 1]);
  });

  it('the leftovers of one go when the other starts', async () => {
    const first = startRelease('v1');
    await first.untilItSearches();
    await first.stop();
    const breaksOff = withEach(() => Promise.reject(new Error('killed')));
    const v2 = ownerOf(name, ownDatabase, 'v2');
    await expect(rebuild(breaksOff, { owner: v2, client })).rejects.toThrow('killed');
    expect(await indexNames()).toHaveLength(2);
    const second = startRelease('v1');
    await waitFor(async () => (await indexNames()).length === 1);
    await second.untilItSearches();
    expect(await aliasesInUse()).toEqual([second.alias]);
    expect(second.seen.rebuilds).toBe(0);
  });

  it('an index of another database is replaced, by one that has had none before', async () => {
    const former = startRelease('v1');
    await former.untilItSearches();
    const late = documentOf({ ...(await anyProduct()), id: 7, version: 99, name: 'Sold long ago' });
    const writeAsFormer = () => writeDocuments(client, former.alias, [late]);
    expect(await writeAsFormer()).toEqual([undefined]);
    const other = '00000000-0000-4000-8000-000000000000';
    const newShop = startRelease('v1', { database: other });
    await newShop.untilItSearches();
    expect(await aliasesInUse()).toEqual([newShop.alias]);
    await expectSameAsStored(newShop.alias);
    const [failure] = await writeAsFormer();
    expect(failure?.message).toContain('index_not_found');
    // Two shops that were given one name do not fight for it for ever.
    await former.untilLooked(20);
    expect(former.usable()).toBe(false);
    expect([former.seen.rebuilds, newShop.seen.rebuilds]).toEqual([1, 1]);
    expect(await aliasesInUse()).toEqual([newShop.alias]);
  });
});
