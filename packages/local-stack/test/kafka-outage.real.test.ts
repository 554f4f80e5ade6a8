import { waitFor } from '@shop/testing';
import { canStartKafkaBroker, startKafkaBroker } from '@shop/testing/engines';
import { request } from 'undici';
import { openShop } from './support/shop.ts';

const itWithOwnBroker = canStartKafkaBroker() ? it : it.skip;

itWithOwnBroker(
  'takes orders while Kafka is unavailable, says so within ten seconds, and finishes them later',
  async () => {
    const broker = await startKafkaBroker();
    const shop = await openShop({
      environment: { KAFKA_BROKERS: broker.address, STOCK_WINDOW_MS: '600000' },
    });
    const { catalog, order, payment } = shop.stack.urls;
    const degradedAt = async (url: string): Promise<string[]> => {
      const { body } = await request(`${url}/readyz`);
      return ((await body.json()) as { degraded: string[] }).degraded;
    };
    const allSay = (degraded: string[]) => async () => {
      const said = await Promise.all([catalog, order, payment].map(degradedAt));
      return said.every((names) => names.join() === degraded.join());
    };
    try {
      const productId = await shop.product(20);
      const customers = await Promise.all(Array.from({ length: 5 }, () => shop.customer()));
      await waitFor(allSay([]), { timeoutMs: 60_000, what: 'all consumers to have joined' });

      await broker.kill();
      await waitFor(allSay(['events']), { timeoutMs: 10_000, what: 'all to say that they are degraded' });
      const orders = await Promise.all(customers.map((customer) => customer.order(productId)));
      expect(await customers[0]?.status(orders[0] ?? '')).toMatchObject({ status: 'pending' });

      await broker.restart();
      for (const [index, customer] of customers.entries())
        await waitFor(async () => (await customer.status(orders[index] ?? '')).status === 'processing', {
          timeoutMs: 90_000,
          what: 'the order to be reserved',
        });
      await waitFor(allSay([]), { timeoutMs: 60_000, what: 'all to be well' });
      await shop.ledger.quiet();
      expect(await shop.ledger.contradictions()).toEqual([]);
    } finally {
      await shop.close();
      await broker.stop();
    }
  },
  300_000,
);
