import { tablesScanned, waitFor } from '@shop/testing';
import request from 'supertest';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { SWEEP_MS: '50', STREAM_POLL_MS: '50' } });
});
afterAll(() => shop.stop());

it('never goes through a whole table, whatever is asked of a shop with a history', async () => {
  await shop.database.sql(
    `WITH cart AS (
       INSERT INTO carts (customer_id) SELECT generate_series(1000, 20999) RETURNING id, customer_id
     ), line AS (
       INSERT INTO cart_lines (cart_id, product_id, name, price, currency, qty)
       SELECT id, 1, 'Lamp', 1000, 'eur', 1 FROM cart
     ), placed AS (
       INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at, due_at)
       SELECT 'OLD-' || id || '-' || n, customer_id, id, n, 1000, 'eur', 'completed', now() + interval '1 day',
         now() + interval '1 day'
       FROM cart, generate_series(1, 2) AS n RETURNING id
     ), item AS (
       INSERT INTO order_items (order_id, product_id, item_name, qty, price) SELECT id, 1, 'Lamp', 1, 1000 FROM placed
     ), history AS (
       INSERT INTO order_history (order_id, status, cause) SELECT id, 'pending', 'created' FROM placed
     ), key AS (
       INSERT INTO idempotency_keys (customer_id, route, key, body_hash, reply)
       SELECT id, 'POST /orders', 'key', 'hash', '{}' FROM placed
     ), event AS (
       INSERT INTO outbox (event_id, topic, key, type, headers, payload, sent_at)
       SELECT id, 'CatalogEvents', id, 'CREATE_ORDER', '{}', '{}', now() FROM placed
     )
     INSERT INTO inbox (consumer, event_id) SELECT 'order_service', 'old-' || id FROM placed`,
  );
  await shop.database.sql('ANALYZE');
  const { sql } = shop.database;

  const scanned = await tablesScanned({ sql, witness: 'carts', manyRows: 15_000 }, work);

  expect(scanned).toEqual(['carts']);
});

async function work() {
  const kept = await shop.order(1, 'processing');
  await shop.payment(kept, 'pi_kept', 'succeeded');
  const cancelled = await shop.order(1);
  await shop.as(1).post(`/orders/${cancelled}/cancel`).expect(200);
  const line = await shop.as(1).post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  await shop.as(1).patch(`/cart/${line.body.id}`).send({ qty: 2 }).expect(200);
  await shop.as(1).get('/cart').expect(200);
  await shop.as(1).delete(`/cart/${line.body.id}`).expect(204);
  await shop.as(1).post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  for (let repeat = 0; repeat < 2; repeat++)
    await shop.as(1).post('/orders').set('idempotency-key', 'once').expect(201);
  await shop.as(1).get('/orders?status=completed').expect(200);
  await shop.as(1200).get('/orders?limit=1').expect(200);
  await shop.admin.get(`/orders/${kept}/timeline`).expect(200);
  const { body: all } = await shop.admin.get('/orders?all=true&limit=5').expect(200);
  expect(all).toMatchObject({ total: 10_000, totalIsExact: false });
  await request(shop.url).get('/metrics').expect(200);
  await shop.as(1).get(`/orders/${kept}`).expect(200);
  const due = await shop.order(2);
  await shop.database.sql(`UPDATE orders SET expires_at = now(), due_at = now() WHERE order_number = $1`, [
    due,
  ]);
  await waitFor(async () => (await shop.look(due)).status === 'cancelled');
  await shop.settled();
}
