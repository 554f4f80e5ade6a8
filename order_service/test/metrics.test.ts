import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

/** Samples of a metric at an instance, by their labels. */
async function samples(metric: string, of: Pick<Harness, 'metrics'> = shop): Promise<Record<string, number>> {
  const text = await of.metrics();
  const lines = text.matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, 'gm'));
  return Object.fromEntries(
    [...lines].map(([, labels = '', value]) => [
      labels.replace(/,?service="order_service"/, '').replaceAll('"', ''),
      Number(value),
    ]),
  );
}

it('counts the orders that were placed, not the repeats and refusals', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);
  const place = () => shop.as(customer).post('/orders').set('idempotency-key', 'counted');
  await place().expect(201);
  await place().expect(201);
  await shop.as(customer).post('/orders').expect(409);

  expect(await samples('orders_created_total')).toEqual({ '': 1 });
});

it('counts changes of status by where from, where to and why, once they are committed', async () => {
  const customer = shop.newCustomer();
  const orderNumber = await shop.order(customer, 'completed');
  await shop.reserved(orderNumber);
  await shop.payment(orderNumber, 'pi_late', 'succeeded');
  await shop.database.sql(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no commit today'; END $$;
     CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON order_history DEFERRABLE INITIALLY DEFERRED
     FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
  shop.logs.length = 0;
  const cancel = () => shop.as(customer).post(`/orders/${orderNumber}/cancel`);

  await cancel().expect(500);
  const before = await samples('order_status_changes_total');
  const said = () => shop.logs.filter(({ msg }) => msg === 'order changed').length;
  const saidBefore = said();
  await shop.database.sql('DROP TRIGGER refuse ON order_history');
  await cancel().expect(200);

  expect([before, saidBefore]).toEqual([
    { 'from=pending,to=processing,reason=none': 1, 'from=processing,to=completed,reason=none': 1 },
    0,
  ]);
  expect([await samples('order_status_changes_total'), said()]).toEqual([
    { ...before, 'from=completed,to=cancelled,reason=by-customer': 1 },
    1,
  ]);
});

it('shows how many orders wait for stock or payment, asking the database now and then', async () => {
  const instance = await shop.startInstance();
  const rows = await shop.database.sql<{ status: string; count: number }>(
    `SELECT status, count(*)::int AS count FROM orders WHERE status IN ('pending', 'processing') GROUP BY status`,
  );
  const none = { 'status=pending': 0, 'status=processing': 0 };
  const counted = Object.fromEntries(rows.map(({ status, count }) => [`status=${status}`, count]));

  const first = await Promise.all([samples('orders_open', instance), samples('orders_open', instance)]);
  await shop.order(shop.newCustomer());
  const soonAfter = await samples('orders_open', instance);

  expect(first).toEqual([
    { ...none, ...counted },
    { ...none, ...counted },
  ]);
  expect(soonAfter).toEqual(first[0]);
  await instance.stop();
});

it('shows for how long the oldest order has waited', async () => {
  const old = await shop.order(shop.newCustomer());
  await shop.database.sql(
    `UPDATE orders SET created_at = now() - interval '1 hour' WHERE order_number = $1`,
    [old],
  );
  const instance = await shop.startInstance();

  const ages = await samples('orders_oldest_open_age_seconds', instance);

  expect(ages['status=pending']).toBeGreaterThanOrEqual(3_600);
  expect(ages['status=pending']).toBeLessThan(3_700);
  await instance.stop();
});

it('answers without them while the database is away', async () => {
  const instance = await shop.startInstance();
  shop.network.cut();

  expect(await samples('orders_open', instance)).toEqual({});
  expect(await samples('order_streams', instance)).toEqual({ '': 0 });

  shop.network.heal();
  await instance.stop();
});
