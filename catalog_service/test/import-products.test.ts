import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestDatabase } from '@shop/testing';
import { runImport } from '../src/import-products-command.ts';
import { createCatalogDatabase } from './support/harness.ts';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createCatalogDatabase();
  folder = await mkdtemp(join(tmpdir(), 'import-'));
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const product = (nth: number) => ({ name: `Lamp ${nth}`, description: 'Bright.', price: nth, stock: 2 });
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => JSON.stringify(product(index + 1)));

async function runImportOf(text: string | Buffer, first?: string) {
  const file = join(folder, 'products.jsonl');
  await writeFile(file, text);
  let [out, err] = ['', ''];
  const host = {
    env: { DATABASE_URL: database.url, DEFAULT_CURRENCY: 'eur' },
    argv: ['node', 'import-products', file, ...(first === undefined ? [] : [first])],
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    exitCode: 0,
  };
  await runImport(host as unknown as Parameters<typeof runImport>[0]);
  return { exitCode: host.exitCode, out, err };
}

const count = async (table: string) => (await database.sql(`SELECT FROM ${table}`)).length;

it('imports a file in its order, with the movements and the events of its products', async () => {
  const { exitCode, out } = await runImportOf(`${lines(1_203).join('\n')}\n`);
  expect(exitCode).toBe(0);
  expect(out).toBe(
    '1203 products are valid\n500 of 1203 products\n1000 of 1203 products\n1203 of 1203 products\ndone\n',
  );
  const rows = await database.sql('SELECT id, name, price, currency, stock, tags FROM products ORDER BY id');
  expect(rows).toHaveLength(1_203);
  expect(rows[700]).toEqual({ id: 701, name: 'Lamp 701', price: 701, currency: 'eur', stock: 2, tags: [] });
  expect(
    await database.sql(`SELECT sum(delta)::int, count(DISTINCT product_id)::int FROM stock_movements`),
  ).toEqual([{ sum: 2_406, count: 1_203 }]);
  expect(await count(`outbox WHERE type = 'PRODUCT_UPSERTED' AND (payload->>'stock')::int = 2`)).toBe(1_203);
});

it('adds nothing when a line is wrong, and names the line, the field, the rule and what was given', async () => {
  const wrong = JSON.stringify({ ...product(601), price: -1, colour: 'red' });
  const { exitCode, err } = await runImportOf([...lines(600), wrong].join('\n'));
  expect(exitCode).toBe(2);
  expect(err).toBe(
    'import-products: line 601: price must not be less than 0 (given: -1); colour is not known here\n',
  );
  expect(await count('products')).toBe(0);
  expect((await runImportOf('{"name"')).err).toMatch(/^import-products: line 1: .*JSON/);
});

it('names the line that is no text, and adds nothing', async () => {
  const latin1 = JSON.stringify({ ...product(3), name: 'Caf\xe9' });
  const { exitCode, err } = await runImportOf(Buffer.from([...lines(2), latin1].join('\n'), 'latin1'));
  expect([exitCode, err]).toEqual([2, 'import-products: line 3: it is not valid UTF-8\n']);
  expect(await count('products')).toBe(0);
});

it('reads texts of every script, composed and without spaces around them, a product in a line', async () => {
  const names = ['Cafe\u0301 ', '中国红茶', '🫖', 'one\u2028line', 'one\u0085line', 'Їжа ½ Lego™'];
  await runImportOf(names.map((name) => JSON.stringify({ ...product(1), name })).join('\r\n'));
  expect(await database.sql('SELECT name FROM products ORDER BY id')).toEqual(
    names.map((name) => ({ name: name.normalize('NFC').trim() })),
  );
});

it('goes on with the line that it is told', async () => {
  const { exitCode } = await runImportOf(lines(5).join('\n'), '4');
  expect(exitCode).toBe(0);
  expect(await database.sql('SELECT name FROM products ORDER BY id')).toEqual([
    { name: 'Lamp 4' },
    { name: 'Lamp 5' },
  ]);
});

it('says with which line to go on when the database fails in the middle', async () => {
  await database.sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the disk is full'; END $$`);
  await database.sql(`CREATE TRIGGER fail BEFORE INSERT ON products FOR EACH ROW
    WHEN (NEW.name = 'Lamp 700') EXECUTE FUNCTION fail()`);
  const { exitCode, err } = await runImportOf(lines(900).join('\n'));
  expect(exitCode).toBe(1);
  expect(err).toContain('the disk is full');
  expect(err).toMatch(/Go on with: pnpm --filter catalog_service import-products .*products\.jsonl 501\n$/);
  expect(await count('products')).toBe(500);
});

it('refuses a price that its currency cannot have, with the line', async () => {
  const wrong = JSON.stringify({ ...product(5_124), currency: 'kwd' });
  const { exitCode, err } = await runImportOf([...lines(2), wrong].join('\n'));
  expect(exitCode).toBe(2);
  expect(err).toContain('line 3: price must be a multiple of 10 in kwd (given: 5124)');
  expect(await count('products')).toBe(0);
});
