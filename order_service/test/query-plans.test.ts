import { tablesScanned, waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['DE'] };

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    settings: { SWEEP_MS: '50', STREAM_POLL_MS: '50', DELIVERY_METHODS: JSON.stringify([post]) },
  });
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
       INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, fulfilment,
         expires_at, due_at)
       SELECT 'OLD-' || id || '-' || n, customer_id, id, n, 1000, 'eur', 'completed', 'delivered', now() + interval '1 day',
         now() + interval '1 day'
       FROM cart, generate_series(1, 2) AS n RETURNING id
     ), item AS (
       INSERT INTO order_items (order_id, product_id, item_name, qty, price) SELECT id, 1, 'Lamp', 1, 1000 FROM placed
     ), shipment AS (
       INSERT INTO shipments (order_id, carrier, tracking) SELECT id, 'DHL', '0034' FROM placed RETURNING id
     ), shipped AS (
       INSERT INTO shipment_lines (shipment_id, product_id, qty) SELECT id, 1, 1 FROM shipment
     ), dispute AS (
       INSERT INTO disputes (id, order_id, status) SELECT 'du_' || id, id, 'won' FROM placed
     ), history AS (
       INSERT INTO order_history (order_id, status, cause) SELECT id, 'pending', 'created' FROM placed
     ), refund AS (
       INSERT INTO refunds (id, order_id, payment_id, stripe_id, amount, status)
       SELECT 'rf_' || id, id, 'pi_' || id, 're_' || id, 1, 'succeeded' FROM placed WHERE id % 2 = 0 RETURNING id
     ), refund_line AS (
       INSERT INTO refund_lines (refund_id, product_id, qty, restock, unshipped, returned)
       SELECT id, 1, 1, true, 1, 1 FROM refund
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
}, 60_000);

async function work() {
  const kept = await shop.order(1, 'processing');
  await shop.payment(kept, 'pi_kept', 'succeeded');
  await shop.as(1).get('/payments/pi_kept').expect(200);
  await shop.say<'PAYMENT_DISPUTED'>({
    source: 'payment_service',
    type: 'PAYMENT_DISPUTED',
    key: kept,
    data: {
      orderNumber: kept,
      paymentId: 'pi_kept',
      disputeId: 'du_kept',
      amount: 1000,
      currency: 'eur',
      reason: 'fraudulent',
      status: 'needs_response',
      dueBy: null,
    },
  });
  const shipments = `/orders/${kept}/shipments`;
  const { body } = await shop.admin.post(shipments).send({ carrier: 'DHL', tracking: '0034' }).expect(201);
  await shop.admin.patch(`${shipments}/${body.shipment.id}`).send({ status: 'delivered' }).expect(200);
  const [{ productId }] = (await shop.look(kept)).items;
  const asked = { reason: 'broken', lines: [{ productId, qty: 1, restock: true }], amount: 100 };
  const { refund } = (await shop.admin.post(`/orders/${kept}/refunds`).send(asked).expect(202)).body;
  await shop.database.sql('UPDATE orders SET due_at = now() WHERE order_number = $1', [kept]);
  await shop.say<'CREATE_PAYMENT'>({
    source: 'payment_service',
    type: 'CREATE_PAYMENT',
    key: kept,
    data: {
      orderNumber: kept,
      paymentId: 'pi_kept',
      status: 'succeeded',
      amount: 1000,
      currency: 'eur',
      paymentLog: '{}',
      refunds: [{ id: 're_kept', refundId: refund.id, amount: 100, status: 'succeeded' }],
    },
  });
  const paid = await shop.order(1, 'processing');
  await shop.payment(paid, 'pi_paid', 'succeeded');
  await shop.as(1).post(`/orders/${paid}/cancel`).expect(200);
  const cancelled = await shop.order(1);
  await shop.as(1).post(`/orders/${cancelled}/cancel`).expect(200);
  const line = await shop.as(1).post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  await shop.as(1).patch(`/cart/${line.body.id}`).send({ qty: 2 }).expect(200);
  await shop.as(1).get('/cart').expect(200);
  await shop.as(1).delete(`/cart/${line.body.id}`).expect(204);
  await shop.as(1).post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  const shippingAddress = { name: 'Ada', address: { line1: 'Hauptstraße 1', country: 'DE' } };
  const checkout = { email: 'ada@shop.test', shippingAddress, deliveryMethod: 'post' };
  await shop.as(1).put('/cart/checkout').send(checkout).expect(200);
  for (let repeat = 0; repeat < 2; repeat++)
    await shop.as(1).post('/orders').set('idempotency-key', 'once').expect(201);
  await shop.userService
    .post('/guests/forget')
    .send({ ids: [1, 1001, 30_000] })
    .expect(200);
  await shop.userService.get('/customers/1/open-orders').expect(200);
  for (const ids of [[1], [1200, 30_000]])
    await shop.userService.post('/customers/forget').send({ ids }).expect(200);
  await shop.as(1).get('/orders?status=completed').expect(200);
  await shop.admin.get('/orders?all=true&fulfilment=partial').expect(200);
  await shop.admin.get('/orders?all=true&fulfilment=none').expect(200);
  await shop.admin.get('/orders?all=true&status=completed&fulfilment=none').expect(200);
  await shop.as(1200).get('/orders?limit=1').expect(200);
  await shop.admin.get(`/orders/${kept}/timeline`).expect(200);
  const { body: all } = await shop.admin.get('/orders?all=true&limit=5').expect(200);
  expect(all).toMatchObject({ total: 10_000, totalIsExact: false });
  await shop.metrics();
  await shop.as(1).get(`/orders/${kept}`).expect(200);
  const due = await shop.order(2);
  await shop.database.sql(`UPDATE orders SET expires_at = now(), due_at = now() WHERE order_number = $1`, [
    due,
  ]);
  await waitFor(async () => (await shop.look(due)).status === 'cancelled');
  await shop.settled();
}
