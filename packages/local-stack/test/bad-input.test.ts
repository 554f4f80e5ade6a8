import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogRows } from './bad-input/catalog.ts';
import { orderRows } from './bad-input/order.ts';
import { paymentRows } from './bad-input/payment.ts';
import { answered, problemFaults, promised } from './bad-input/problem.ts';
import type { World } from './bad-input/row.ts';
import { closeConnections, methodAndPath, send } from './bad-input/send.ts';
import { storefrontRows } from './bad-input/storefront.ts';
import { userRows } from './bad-input/user.ts';
import { settle, settledSnapshot } from './bad-input/world.ts';
import { openShop, type TestShop } from './support/shop.ts';

const rows = [...userRows, ...catalogRows, ...orderRows, ...paymentRows, ...storefrontRows];

let shop: TestShop;
let world: World;
let before: Record<string, unknown>;

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'shop-bad-input-'));
  shop = await openShop({ environment: { SHOP_DATA_DIR: dataDir } });
  world = await settle(shop, dataDir);
  before = await settledSnapshot(shop);
}, 60_000);

afterAll(async () => {
  closeConnections();
  await shop?.close();
});

it('is a table of more than 200 requests, each of which says something of its own', () => {
  expect(rows.length).toBeGreaterThan(200);
  const names = rows.map(({ service, name }) => `${service} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it.each(rows)('$service, $name → $answer', async (row) => {
  const reply = await send(row, world);
  expect(answered(reply, row)).toEqual(promised(row));
  expect(problemFaults(reply, methodAndPath(row, world).path)).toEqual([]);
});

it('has changed nothing, in no service and at Stripe', async () => {
  expect(await settledSnapshot(shop)).toEqual(before);
  expect(await shop.ledger.contradictions()).toEqual([]);
});
