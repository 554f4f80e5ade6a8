import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { waitFor } from '@shop/testing';
import { lastPiecesStory } from './stories/last-pieces.ts';
import { lifeStories } from './stories/lives.ts';
import { purchaseStories } from './stories/purchase.ts';
import { refundStories } from './stories/refunds.ts';
import { shippedStories } from './stories/shipped.ts';
import { givenDatabase } from './support/given-database.ts';
import { answersReady, putUnderLoad } from './support/load.ts';
import { openShop, type TestShop } from './support/shop.ts';

/** Two processes of catalog and of order, on topics and indices of this test's own. */
function openOnRealEngines(environment: Record<string, string> = {}): Promise<TestShop> {
  const { KAFKA_BROKERS = '', ELASTICSEARCH_URL = '' } = process.env;
  const prefix = `t-${randomUUID().slice(0, 8)}-`;
  return openShop({
    environment: {
      ...environment,
      KAFKA_BROKERS,
      KAFKA_PREFIX: prefix,
      ELASTICSEARCH_URL,
      ELASTICSEARCH_INDEX: `${prefix}products`,
      CATALOG_INSTANCES: '2',
      ORDER_INSTANCES: '2',
    },
  });
}

/** On Linux, where the environment of a process can be read. */
async function expectOwnSettingsOnly({ stack }: TestShop): Promise<void> {
  if (process.platform !== 'linux') return;
  const told = await Promise.all(
    stack.processes.map(async ({ name, pid }) => ({
      name,
      text: await readFile(`/proc/${pid}/environ`, 'utf8'),
    })),
  );
  const whoKnows = (setting: string) =>
    told.filter(({ text }) => `\0${text}`.includes(`\0${setting}=`)).map(({ name }) => name);
  expect(whoKnows('PORT')).toHaveLength(7);
  expect(whoKnows('AWS_SECRET_ACCESS_KEY')).toEqual([]);
  expect(whoKnows('JWT_PRIVATE_KEY')).toEqual(['user_service']);
  expect(whoKnows('STRIPE_SECRET_KEY')).toEqual(['payment_service']);
  expect(whoKnows('ELASTICSEARCH_URL')).toEqual(['catalog_service', 'catalog_service #2']);
  expect(whoKnows('DATABASE_URL')).not.toContain('payment_service');
}

describe('the shop on real engines', () => {
  describe('a purchase', () => purchaseStories(() => openOnRealEngines()));
  describe('what was shipped', () => shippedStories(() => openOnRealEngines()));
  describe('lives of orders', () => lifeStories(() => openOnRealEngines(), 20));
  describe('what comes back', () => refundStories(() => openOnRealEngines()));
  describe('the last pieces', () => lastPiecesStory(() => openOnRealEngines()));

  it('answers every request while two instances of each service are restarted, one after the other', async () => {
    const shop = await openOnRealEngines({
      USER_INSTANCES: '2',
      PAYMENT_INSTANCES: '2',
      SHUTDOWN_PAUSE_MS: '1000',
    });
    try {
      const [productId, customers] = [
        await shop.product(100_000),
        await Promise.all(Array.from({ length: 8 }, () => shop.customer())),
      ];
      const load = putUnderLoad(`${shop.stack.urls.storefront}/api`, productId, customers);
      for (const { name, url, pid } of shop.stack.processes) {
        if (name === 'storefront') continue;
        process.kill(Number(pid), 'SIGTERM');
        const current = () => shop.stack.processes.find((process) => process.name === name)?.pid;
        await waitFor(async () => current() !== pid && (await answersReady(url ?? '')), {
          timeoutMs: 30_000,
          what: `${name} to be ready again`,
        });
      }
      const { answered, failed } = await load.stop();
      expect(failed).toEqual([]);
      expect(answered).toBeGreaterThan(500);
      await shop.ledger.quiet();
      expect(await shop.ledger.contradictions()).toEqual([]);
    } finally {
      await shop.close();
    }
  }, 240_000);

  it('tells each process its own settings only, and goes on when one is killed, on a PostgreSQL of somebody else', async () => {
    const database = await givenDatabase();
    const shop = await openOnRealEngines({
      DATABASE_URL: database.url,
      AWS_SECRET_ACCESS_KEY: 'of the caller',
    });
    try {
      await expectOwnSettingsOnly(shop);
      const productId = await shop.product(100);
      const customers = await Promise.all(Array.from({ length: 10 }, () => shop.customer()));
      const orders = await Promise.all(customers.map((customer) => customer.order(productId)));
      // Not those that answer requests: what is to go on are the events.
      const killed = shop.stack.processes.filter(({ name }) => name.endsWith('#2'));
      for (const { pid } of killed) process.kill(Number(pid), 'SIGKILL');
      expect(killed.map(({ name }) => name)).toEqual(['catalog_service #2', 'order_service #2']);
      const more = await Promise.all(customers.map((customer) => customer.order(productId)));
      for (const [index, customer] of customers.entries()) {
        await customer.reaches(orders[index] ?? '', 'processing');
        await customer.reaches(more[index] ?? '', 'processing');
      }
      await shop.ledger.quiet();
      expect(await shop.stockOf(productId)).toBe(80);
      expect(await shop.ledger.contradictions()).toEqual([]);
    } finally {
      await shop.close();
      await database.drop();
    }
  }, 180_000);
});
