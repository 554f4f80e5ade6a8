import { type Catalog, expectStockToAddUp, startCatalog, stockOf } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());
afterEach(() => expectStockToAddUp(catalog));

const movementsOf = (orderNumber: string) =>
  catalog.sql('SELECT delta, reason, refund_id FROM stock_movements WHERE order_number = $1 ORDER BY id', [
    orderNumber,
  ]);

const took = { delta: -3, reason: 'order', refund_id: null };

async function ordered() {
  const { id } = await catalog.createProduct({ stock: 5 });
  const orderNumber = await catalog.order([[id, 3]]);
  return { id, orderNumber };
}

it('pieces that come back are put on the shelf once per refund, whatever comes twice', async () => {
  const { id, orderNumber } = await ordered();

  await catalog.takeBack(orderNumber, 'rf_a', [[id, 1]], 'rf_a:returned');
  await catalog.takeBack(orderNumber, 'rf_a', [[id, 1]], 'rf_a:returned');
  await catalog.takeBack(orderNumber, 'rf_a', [[id, 1]]);
  await catalog.takeBack(orderNumber, 'rf_b', [[id, 1]]);

  expect(await stockOf(catalog, id)).toBe(4);
  expect(await movementsOf(orderNumber)).toEqual([
    took,
    { delta: 1, reason: 'return', refund_id: 'rf_a' },
    { delta: 1, reason: 'return', refund_id: 'rf_b' },
  ]);
  const events = await catalog.awaitProductEvents(id, 4);
  expect(events.at(-1)).toMatchObject({ type: 'PRODUCT_UPSERTED', data: { stock: 4 } });
});

it('a cancellation puts back the lines that it names, and later nothing more', async () => {
  const { id, orderNumber } = await ordered();

  await catalog.cancel(orderNumber, [[id, 2]]);
  await catalog.cancel(orderNumber);

  expect(await stockOf(catalog, id)).toBe(4);
  // One piece of a refund may still come back.
  await catalog.takeBack(orderNumber, 'rf_c', [[id, 1]]);
  expect(await stockOf(catalog, id)).toBe(5);
});

it('a cancellation that names no piece leaves the shelf as it is', async () => {
  const { id, orderNumber } = await ordered();

  await catalog.cancel(orderNumber, []);

  expect(await stockOf(catalog, id)).toBe(2);
  expect(
    await catalog.sql('SELECT state FROM stock_reservations WHERE order_number = $1', [orderNumber]),
  ).toEqual([{ state: 'released' }]);
});

it('never puts back more than an order took, also when the release before cancels it', async () => {
  const { id, orderNumber } = await ordered();
  await catalog.takeBack(orderNumber, 'rf_d', [[id, 2]]);

  await catalog.cancel(orderNumber);
  await catalog.takeBack(orderNumber, 'rf_e', [[id, 3]]);

  expect(await stockOf(catalog, id)).toBe(5);
  expect(await movementsOf(orderNumber)).toEqual([
    took,
    { delta: 2, reason: 'return', refund_id: 'rf_d' },
    { delta: 1, reason: 'order-cancelled', refund_id: null },
  ]);
});
