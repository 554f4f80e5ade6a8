import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { waitFor } from '@shop/testing';
import {
  adminToken,
  type Catalog,
  customerToken,
  expectStockToAddUp,
  mug,
  startCatalog,
  stockOf,
} from './support/harness.ts';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await startCatalog();
});
afterEach(() => catalog.stop());

const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/x-ndjson' };

interface Result {
  readonly line: number;
  readonly status: string;
  readonly id: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies as a client without types would
  readonly problem?: any;
}

const resultsOf = (text: string): Result[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function importText(body: string | Buffer, query = ''): Promise<Result[]> {
  const reply = await fetch(`${catalog.baseUrl}/products/import${query}`, { method: 'POST', headers, body });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  return resultsOf(await reply.text());
}

const textOf = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const importLines = (lines: readonly object[], query?: string) => importText(textOf(lines), query);
const statusesOf = (results: readonly Result[]) => results.map(({ status }) => status);
const product = (sku: string, more: object = {}) => ({ ...mug, sku, name: `Mug ${sku}`, ...more });
const many = (count: number) => Array.from({ length: count }, (_, n) => product(`S${n}`));

/** An import that the test sends line by line, and whose results it reads when it likes. */
async function openImport(): Promise<[ClientRequest, IncomingMessage]> {
  const sending = request(`${catalog.baseUrl}/products/import`, { method: 'POST', headers, agent: false });
  sending.on('error', () => {});
  sending.flushHeaders();
  const [reply] = await once(sending, 'response');
  return [sending, reply];
}

it('creates products by their SKU, with their stock, their events and their movements', async () => {
  const results = await importLines([
    product('A', { stock: 3, groupId: 'g', options: { size: 'M' } }),
    product('B'),
  ]);
  expect(results).toEqual([
    { line: 1, status: 'created', id: expect.any(Number) },
    { line: 2, status: 'created', id: expect.any(Number) },
  ]);
  const id = results[0]?.id as number;
  const { body } = await catalog.get(`/products/${id}`);
  expect(body).toMatchObject({ sku: 'A', stock: 3, groupId: 'g', options: { size: 'M' }, version: 1 });
  const [event] = await catalog.awaitProductEvents(id, 1);
  expect(event?.data).toEqual(body);
  expect((await catalog.get('/products?search=mug')).body.total).toBe(2);
  await expectStockToAddUp(catalog);
});

it('changes what a line gives of a product, leaves the rest, and says unchanged of the same file', async () => {
  const [{ id }] = (await importLines([product('A', { category: 'Cups' })])) as [Result];
  const before = (await catalog.get(`/products/${id}`)).body;
  expect(await importLines([{ sku: 'A', price: 5 }])).toEqual([{ line: 1, status: 'updated', id }]);
  const after = (await catalog.get(`/products/${id}`)).body;
  expect(after).toEqual({ ...before, price: 5, revision: 2, version: 2, updatedAt: expect.any(String) });
  expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
  const [, event] = await catalog.awaitProductEvents(id as number, 2);
  expect(event?.data).toEqual(after);
  expect(await importLines([{ sku: 'A', price: 5 }])).toEqual([{ line: 1, status: 'unchanged', id }]);
  expect((await catalog.get(`/products/${id}`)).body).toEqual(after);
});

it('changes a stock only with the version at which it was counted', async () => {
  const [{ id }] = (await importLines([product('A', { stock: 10 })])) as [Result];
  const [none] = await importLines([{ sku: 'A', stock: 7, price: 9 }]);
  expect(none).toMatchObject({ line: 1, status: 'failed', id, problem: { code: 'version-required' } });
  await catalog.awaitAnswers(await catalog.order([[id as number, 2]]));
  const [stale] = await importLines([{ sku: 'A', stock: 7, version: 1 }]);
  expect(stale).toMatchObject({ status: 'failed', problem: { code: 'product-changed', version: 2 } });
  // It is that already.
  expect(statusesOf(await importLines([{ sku: 'A', stock: 8 }]))).toEqual(['unchanged']);
  expect(statusesOf(await importLines([{ sku: 'A', stock: 7, version: 2 }]))).toEqual(['updated']);
  expect(await stockOf(catalog, id as number)).toBe(7);
  expect((await catalog.get(`/products/${id}`)).body.price).toBe(mug.price);
  await expectStockToAddUp(catalog);
});

it('names each broken line by its number, and applies the others', async () => {
  const broken: readonly [string | Buffer, string][] = [
    ['{"sku":', 'malformed-json'],
    ['', 'malformed-json'],
    ['[]', 'validation-failed'],
    ['{"name":"without sku"}', 'validation-failed'],
    ['{"sku":null}', 'validation-failed'],
    ['{"sku":"new","price":1}', 'validation-failed'],
    ['{"sku":"x","colour":"red"}', 'validation-failed'],
    [JSON.stringify(product('x', { price: 1_001, currency: 'kwd' })), 'validation-failed'],
    [JSON.stringify(product('x', { name: 'x'.repeat(102_400) })), 'body-too-large'],
    [`{"sku":${'['.repeat(40)}${']'.repeat(40)}}`, 'validation-failed'],
    [Buffer.from('{"sku":"caf\xe9"}', 'latin1'), 'invalid-encoding'],
  ];
  const lines = broken.flatMap(([line], place) => [line, JSON.stringify(product(`good ${place}`))]);
  const body = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')])));
  const results = await importText(body);
  expect(results.map(({ line }) => line)).toEqual(lines.map((_, place) => place + 1));
  expect(
    results.filter((_, place) => place % 2 === 0).map((each) => [each.status, each.problem.code]),
  ).toEqual(broken.map(([, code]) => ['failed', code]));
  expect(new Set(statusesOf(results.filter((_, place) => place % 2 === 1)))).toEqual(new Set(['created']));
  expect(results[10]?.problem.errors.map(({ field }: { field: string }) => field)).toEqual([
    'name',
    'description',
    'stock',
  ]);
});

it('applies the others when the database refuses one', async () => {
  await catalog.sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$`);
  await catalog.sql(`CREATE TRIGGER fail BEFORE INSERT ON products FOR EACH ROW
    WHEN (NEW.sku = 'S7') EXECUTE FUNCTION fail()`);
  const results = await importLines(many(20));
  expect(results.filter(({ status }) => status !== 'created')).toEqual([
    { line: 8, status: 'failed', id: null, problem: expect.objectContaining({ code: 'internal-error' }) },
  ]);
});

it('applies lines of the same SKU in their order', async () => {
  const results = await importLines([
    { sku: 'A', price: 1 },
    product('A', { price: 2, stock: 5 }),
    { sku: 'A', price: 3 },
    { sku: 'A', price: 3 },
    { sku: 'A', stock: 6, version: 2 },
    { sku: 'A', stock: 7, version: 2 },
  ]);
  expect(statusesOf(results)).toEqual(['failed', 'created', 'updated', 'unchanged', 'updated', 'failed']);
  const id = results[1]?.id as number;
  expect((await catalog.get(`/products/${id}`)).body).toMatchObject({ price: 3, stock: 6, version: 3 });
  const events = await catalog.awaitProductEvents(id, 3);
  expect(events.map(({ data }) => (data as { version: number }).version)).toEqual([1, 2, 3]);
  await expectStockToAddUp(catalog);
});

it('says in a dry run what it would do, and does nothing', async () => {
  const [{ id }] = (await importLines([product('A')])) as [Result];
  const results = await importLines(
    [product('A'), { sku: 'A', price: 1 }, product('B'), { sku: 'B', price: 2 }, { sku: 'C' }],
    '?dryRun=true',
  );
  expect(results.map((each) => [each.status, each.id])).toEqual([
    ['unchanged', id],
    ['updated', id],
    ['created', null],
    ['updated', null],
    ['failed', null],
  ]);
  expect((await catalog.get('/products')).body).toMatchObject({ total: 1, items: [{ price: mug.price }] });
  expect(await catalog.sql('SELECT FROM outbox')).toHaveLength(1);
});

it('takes thousands of products in their order, and the same file again as unchanged', async () => {
  const lines = many(3_000);
  const created = await importLines(lines);
  expect(created.map(({ line }) => line)).toEqual(lines.map((_, place) => place + 1));
  expect(new Set(statusesOf(created))).toEqual(new Set(['created']));
  expect(new Set(statusesOf(await importLines(lines)))).toEqual(new Set(['unchanged']));
  await expectStockToAddUp(catalog);
  const ids = created.map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted((a, b) => Number(a) - Number(b)));
});

it('two imports of the same products at once, in opposite orders, do not hinder each other', async () => {
  const lines = many(1_500);
  const [one, other] = await Promise.all([importLines(lines), importLines(lines.toReversed())]);
  for (const results of [one, other])
    for (const { status } of results) expect(['created', 'unchanged']).toContain(status);
  const created = [...one, ...other].filter(({ status }) => status === 'created');
  expect(created).toHaveLength(1_500);
  expect(await catalog.sql('SELECT FROM products')).toHaveLength(1_500);
  await expectStockToAddUp(catalog);
});

it('answers each line while the next ones are yet to come', async () => {
  const [sending, reply] = await openImport();
  const results = reply[Symbol.asyncIterator]();
  for (const sku of ['A', 'B', 'A']) {
    sending.write(textOf([product(sku)]));
    const { value } = await results.next();
    expect(resultsOf(String(value))).toHaveLength(1);
  }
  // The last line needs no line end.
  sending.end(JSON.stringify(product('C')));
  expect(resultsOf(String((await results.next()).value))).toMatchObject([{ line: 4, status: 'created' }]);
  expect((await results.next()).done).toBe(true);
});

it('has done what it answered when the caller leaves in the middle, and takes the rest when it comes again', async () => {
  const lines = many(3_000);
  const [sending, reply] = await openImport();
  sending.write(textOf(lines.slice(0, 1_000)));
  const [first] = await once(reply, 'data');
  const answered = resultsOf(String(first));
  sending.write(textOf(lines.slice(1_000, 2_000)));
  sending.destroy();
  const saved = async () => Number((await catalog.sql('SELECT FROM products')).length);
  expect(await saved()).toBeGreaterThanOrEqual(answered.length);
  await waitFor(async () => {
    const before = await saved();
    return (await catalog.get('/healthz')).status === 200 && before === (await saved());
  });
  const again = await importLines(lines);
  expect(new Set(statusesOf(again))).toEqual(new Set(['unchanged', 'created']));
  expect(statusesOf(again.slice(0, answered.length))).not.toContain('created');
  expect(await saved()).toBe(3_000);
  expect(catalog.warnings.filter((line) => line.includes('unexpected'))).toEqual([]);
  await expectStockToAddUp(catalog);
});

it('reads no more lines than it can answer', async () => {
  const [sending, reply] = await openImport();
  reply.pause();
  const line = textOf([{ sku: 'A', colour: 'x'.repeat(40) }]);
  const chunk = line.repeat(1_000);
  let taken = 0;
  // Until neither side takes any more: nobody reads the results.
  for (let full = false; !full && taken < 200; taken++) {
    if (!sending.write(chunk)) {
      const drained = once(sending, 'drain');
      const timer = new Promise((resolve) => setTimeout(resolve, 1_500).unref());
      full = (await Promise.race([drained.then(() => true), timer])) === undefined;
    }
  }
  expect(taken).toBeLessThan(200);
  sending.destroy();
});

it('is for administrators, and for lines of JSON only', async () => {
  const send = (more: object) =>
    fetch(`${catalog.baseUrl}/products/import`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: textOf([product('A')]),
    }).then(async (reply) => [reply.status, ((await reply.json()) as { code: string }).code]);
  expect(await send({ authorization: `Bearer ${customerToken}` })).toEqual([403, 'admin-only']);
  expect(await send({ 'content-type': 'application/json' })).toEqual([415, 'unsupported-media-type']);
  expect(await send({ 'content-encoding': 'gzip' })).toEqual([415, 'unsupported-media-type']);
  const wrong = await catalog.post('/products/import?dryRun=perhaps', '', headers);
  expect(wrong.body).toMatchObject({ status: 400, errors: [{ field: 'dryRun' }] });
  expect((await catalog.get('/products')).body.total).toBe(0);
});
