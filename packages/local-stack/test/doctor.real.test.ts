import { randomUUID } from 'node:crypto';
import { waitFor } from '@shop/testing';
import { request } from 'undici';
import { openShop, type TestShop } from './support/shop.ts';

const { KAFKA_BROKERS = '', ELASTICSEARCH_URL = '' } = process.env;
const prefix = `t-${randomUUID().slice(0, 8)}-`;
const index = `${prefix}products`;
let shop: TestShop;

beforeAll(async () => {
  shop = await openShop({
    environment: { KAFKA_BROKERS, KAFKA_PREFIX: prefix, ELASTICSEARCH_URL, ELASTICSEARCH_INDEX: index },
  });
  await waitFor(async () => (await shop.findings()).length === 0, {
    timeoutMs: 60_000,
    what: 'a quiet shop',
  });
}, 180_000);
afterAll(() => shop?.close(), 60_000);

const elasticsearch = (method: 'POST' | 'DELETE', path: string) =>
  request(`${ELASTICSEARCH_URL}${path}`, { method });

it('finds nothing in a shop of several processes, once its orders are over', async () => {
  const [customer, productId] = [await shop.customer(), await shop.product(5)];
  const orderNumber = await customer.order(productId, 2);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');
  await customer.call('POST', `/orders/${orderNumber}/cancel`);
  await waitFor(async () => (await shop.findings()).length === 0, { timeoutMs: 60_000, what: 'the refund' });
  expect((await shop.report()).notChecked).toEqual([]);
  expect((await shop.report()).checked).toMatchObject({ orders: 1, topics: 4, 'dead letters': 0 });
});

it('names a product whose search document is not there', async () => {
  const productId = await shop.product(1);
  await waitFor(async () => (await shop.findings()).length === 0, { timeoutMs: 60_000 });
  const [{ alias } = { alias: '' }] = (
    (await (await request(`${ELASTICSEARCH_URL}/_cat/aliases/${index}-*?format=json`)).body.json()) as {
      alias: string;
    }[]
  ).filter((each) => /-[0-9a-f]{16}$/.test(each.alias));
  await elasticsearch('DELETE', `/${alias}/_doc/${productId}?refresh=true`);
  expect(await shop.findings()).toMatchObject([
    { fault: 'document-stale', productId, what: 'it has version 1, and its document is not there' },
  ]);
});

it('names a partition whose consumer does not go on', async () => {
  const payment = shop.stack.processes.find(({ name }) => name === 'payment_service');
  const [customer, productId] = [await shop.customer(), await shop.product(5)];
  const orderNumber = await customer.order(productId, 2);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');
  process.kill(Number(payment?.pid), 'SIGSTOP');
  try {
    await customer.call('POST', `/orders/${orderNumber}/cancel`);
    const faults = async () => (await shop.findings()).map(({ fault }) => fault);
    await waitFor(async () => (await faults()).includes('partition-behind'), { timeoutMs: 30_000 });
    expect(await faults()).toContain('payment-kept');
  } finally {
    process.kill(Number(payment?.pid), 'SIGCONT');
  }
  await waitFor(async () => (await shop.findings()).every(({ fault }) => fault === 'document-stale'), {
    timeoutMs: 120_000,
    what: 'the refund',
  });
});
