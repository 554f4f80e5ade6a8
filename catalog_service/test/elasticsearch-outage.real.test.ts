import { randomUUID } from 'node:crypto';
import { createKafkaBus } from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { startTcpProxy, type TcpProxy, waitFor } from '@shop/testing';
import { indicesOf } from '../src/search/elasticsearch/indices.ts';
import { createTestIndices, elasticsearchUrl } from './support/elasticsearch.ts';
import { type Catalog, startCatalog } from './support/harness.ts';

const indices = createTestIndices();
const index = indices.newName();
let proxy: TcpProxy;
let catalog: Catalog;

beforeAll(async () => {
  proxy = await startTcpProxy(elasticsearchUrl);
  const bus = createKafkaBus({
    brokers: (process.env['KAFKA_BROKERS'] ?? '').split(','),
    clientId: 'catalog',
    logger: createLogger({ name: 'test', level: 'silent' }),
    prefix: `t-${randomUUID()}-`,
  });
  await bus.connect();
  const settings = { ELASTICSEARCH_URL: proxy.url, ELASTICSEARCH_INDEX: index };
  catalog = await startCatalog({ demo: true, settings, bus });
  await untilDegraded([]);
  // No event tells of this one: PostgreSQL finds it, Elasticsearch does not.
  await catalog.sql(`UPDATE products SET name = 'Zyzzyva' WHERE name = 'Kite Skylark'`);
});

afterAll(async () => {
  await catalog?.stop();
  await proxy?.close();
  await indices.removeAll();
});

const totalOf = async (search: string) => {
  const reply = await catalog.get(`/products?search=${encodeURIComponent(search)}`);
  expect(reply.status).toBe(200);
  return reply.body.total;
};

const answering = async () => ((await totalOf('zyzzyva')) === 0 ? 'Elasticsearch' : 'PostgreSQL');

const untilDegraded = (names: readonly string[]) =>
  waitFor(
    async () => {
      const { status, body } = await catalog.get('/readyz');
      expect(status).toBe(200);
      return JSON.stringify(body.degraded) === JSON.stringify(names);
    },
    { what: `degraded to be ${names}` },
  );

async function metric(name: string): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${catalog.metricsPort}/metrics`)).text();
  return Number(new RegExp(`^${name}{.*peer="elasticsearch".*} (\\d+)$`, 'm').exec(metrics)?.[1]);
}

const fallbacks = () => metric('search_fallbacks_total');
const breakerState = () => metric('circuit_breaker_state');

/** What Elasticsearch itself answers: asks again when a busy machine made it so slow that PostgreSQL did. */
async function byElasticsearch<T>(ask: () => Promise<T>): Promise<T> {
  const ofOneEngine = async () => {
    const before = await fallbacks();
    const answer = await ask();
    return (await fallbacks()) === before && { answer };
  };
  return (await waitFor(ofOneEngine, { what: 'Elasticsearch to answer in time' })).answer;
}

const untilElasticsearchFinds = (search: string, total: number) =>
  waitFor(async () => (await byElasticsearch(() => totalOf(search))) === total, {
    what: `Elasticsearch to find ${total} for ${search}`,
  });

/** How long each of some searches took, in milliseconds, by the engine that answers now. */
async function timesOf(count: number, engine: string): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count) {
    const startedAt = performance.now();
    expect(await answering()).toBe(engine);
    times.push(performance.now() - startedAt);
  }
  return times;
}

it('a new index is filled from the catalog, and then answers', async () => {
  await untilElasticsearchFinds('headphones', 2);
  const suggestions = await catalog.get('/products/suggest?q=kitch');
  expect(suggestions.body.items[0]).toEqual({ kind: 'category', text: 'Kitchen' });
});

it('what is created, changed and deleted is found, found otherwise, and not found', async () => {
  const { id } = await catalog.createProduct({ name: 'Obelisk', stock: 0 });
  await untilElasticsearchFinds('obelisk', 1);
  expect((await catalog.get('/products?search=obelisk')).body.items).toEqual([
    (await catalog.get(`/products/${id}`)).body,
  ]);
  await catalog.patch(`/products/${id}`, { name: 'Menhir' });
  await untilElasticsearchFinds('menhir', 1);
  expect(await byElasticsearch(() => totalOf('obelisk'))).toBe(0);
  await catalog.delete(`/products/${id}`);
  await untilElasticsearchFinds('menhir', 0);
});

describe.each(['cut', 'hang'] as const)('when the way to Elasticsearch is broken by "%s"', (fault) => {
  it('searches go to PostgreSQL at once, and back; nothing of the time between is missing', async () => {
    const names = { added: `Astrolabe${fault}`, gone: `Sextant${fault}`, dear: `Gnomon${fault}` };
    const [gone, dear] = [
      await catalog.createProduct({ name: names.gone }),
      await catalog.createProduct({ name: names.dear, price: 1_000 }),
    ];
    await untilElasticsearchFinds(names.gone, 1);
    await untilElasticsearchFinds(names.dear, 1);

    proxy[fault]();
    // The quickest of some, as a busy machine delays any of them.
    expect(Math.min(...(await timesOf(3, 'PostgreSQL')))).toBeLessThan(600);
    // By now nobody asks Elasticsearch any more, and waits 300 ms in vain.
    expect(Math.min(...(await timesOf(5, 'PostgreSQL')))).toBeLessThan(250);
    await untilDegraded(['elasticsearch']);
    const ofPostgres = (await catalog.get('/products?limit=2&search=desk')).body;
    const cursors = [ofPostgres.nextCursor, 'x'];
    // A cursor that Elasticsearch cannot read says nothing of it: longer than it takes to try it again.
    const startedAt = performance.now();
    while (performance.now() - startedAt < 1_500) {
      const pages = cursors.map((cursor) => catalog.get(`/products?limit=2&search=desk&cursor=${cursor}`));
      expect((await Promise.all(pages)).map(({ status }) => status)).toEqual([200, 400]);
      expect(await breakerState()).not.toBe(0);
    }
    expect(catalog.warnings.join()).toContain('elasticsearch does not answer');

    await catalog.createProduct({ name: names.added });
    await catalog.delete(`/products/${gone.id}`);
    await catalog.patch(`/products/${dear.id}`, { price: 2_000 });
    expect(await totalOf(names.added)).toBe(1);

    proxy.heal();
    await untilDegraded([]);
    await untilElasticsearchFinds(names.added, 1);
    await untilElasticsearchFinds(names.gone, 0);
    await waitFor(async () => {
      const { body } = await catalog.get(`/products?search=${encodeURIComponent(names.dear)}`);
      return body.items[0].price === 2_000;
    });
    await untilElasticsearchFinds(names.dear, 1);
  });
});

it('a far page, and a cursor that belongs to PostgreSQL, are for PostgreSQL', async () => {
  const before = await fallbacks();
  for (let i = 0; i < 4; i++) {
    const { status, body } = await catalog.get('/products?offset=2147483647');
    expect({ status, items: body.items }).toEqual({ status: 200, items: [] });
  }
  expect(await fallbacks()).toBeGreaterThanOrEqual(before + 4);
  expect(await breakerState()).toBe(0);
  proxy.cut();
  const { body: first } = await catalog.get('/products?limit=2&search=desk');
  proxy.heal();
  await untilDegraded([]);
  const next = await catalog.get(`/products?limit=2&search=desk&cursor=${first.nextCursor}`);
  expect(next.status).toBe(200);
  const { body: both } = await catalog.get('/products?limit=4&search=desk');
  expect([...first.items, ...next.body.items]).toHaveLength(both.items.length);
});

it('a cursor of the one engine is refused by the other where it means nothing there, and else goes on', async () => {
  const page = async (query: string) => (await catalog.get(`/products?limit=2&${query}`)).body;
  const byScore = await byElasticsearch(() => page('search=desk'));
  const byPrice = await byElasticsearch(() => page('search=desk&sort=price'));
  proxy.cut();
  const refused = await catalog.get(`/products?limit=2&search=desk&cursor=${byScore.nextCursor}`);
  expect(refused).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  const next = await page(`search=desk&sort=price&cursor=${byPrice.nextCursor}`);
  proxy.heal();
  const whole = await catalog.get('/products?limit=4&search=desk&sort=price');
  expect([...byPrice.items, ...next.items]).toEqual(whole.body.items);
  await untilDegraded([]);
});

it('an index that gets lost is built anew, and events go on to be written to it', async () => {
  const client = await indices.open();
  const lost = (await indicesOf(client, index)).map((each) => each.index);
  expect(lost).toHaveLength(1);
  await client.indices.delete({ index: lost });
  await untilDegraded(['elasticsearch']);
  await catalog.createProduct({ name: 'Heliotrope' });
  await untilDegraded([]);
  await untilElasticsearchFinds('heliotrope', 1);
  await catalog.createProduct({ name: 'Chrysolite' });
  await untilElasticsearchFinds('chrysolite', 1);
});
