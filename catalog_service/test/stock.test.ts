import { randomUUID } from 'node:crypto';
import { waitFor } from '@shop/testing';
import { type Catalog, expectStockToAddUp, startCatalog, stockOf } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterEach(() => expectStockToAddUp(catalog));
afterAll(() => catalog.stop());

const movementsOf = (orderNumber: string) =>
  catalog.sql('SELECT product_id, delta, reason FROM stock_movements WHERE order_number = $1 ORDER BY id', [
    orderNumber,
  ]);

const typesOf = (events: readonly { type: string }[]) => events.map((event) => event.type);

describe('an order', () => {
  it('takes the stock of all its lines, and publishes STOCK_RESERVED and the changed products', async () => {
    const mug = await catalog.createProduct({ stock: 10 });
    const pan = await catalog.createProduct({ name: 'Pan', stock: 5 });
    const orderNumber = await catalog.order([
      [pan.id, 2],
      [mug.id, 3],
    ]);
    const [answer] = await catalog.awaitAnswers(orderNumber);
    expect(answer).toMatchObject({
      type: 'STOCK_RESERVED',
      source: 'catalog_service',
      data: { orderNumber },
    });
    expect([await stockOf(catalog, mug.id), await stockOf(catalog, pan.id)]).toEqual([7, 3]);
    expect(await movementsOf(orderNumber)).toEqual([
      { product_id: mug.id, delta: -3, reason: 'order' },
      { product_id: pan.id, delta: -2, reason: 'order' },
    ]);
    const events = await catalog.awaitProductEvents(mug.id, 2);
    expect(events[1]).toMatchObject({
      type: 'PRODUCT_UPSERTED',
      data: { id: mug.id, stock: 7, version: 2, revision: 1 },
    });
    expect(
      await catalog.sql('SELECT state FROM stock_reservations WHERE order_number = $1', [orderNumber]),
    ).toEqual([{ state: 'reserved' }]);
  });

  it('with too little stock for some lines takes nothing, and STOCK_REJECTED has every shortage', async () => {
    const plenty = await catalog.createProduct({ stock: 100 });
    const few = await catalog.createProduct({ stock: 2 });
    const gone = await catalog.createProduct({ stock: 9 });
    await catalog.delete(`/products/${gone.id}`);
    const orderNumber = await catalog.order([
      [plenty.id, 1],
      [few.id, 3],
      [gone.id, 1],
      [999_999, 4],
    ]);
    const [answer] = await catalog.awaitAnswers(orderNumber);
    expect(answer).toMatchObject({
      type: 'STOCK_REJECTED',
      data: {
        orderNumber,
        shortages: [
          { productId: few.id, requested: 3, available: 2 },
          { productId: gone.id, requested: 1, available: 0 },
          { productId: 999_999, requested: 4, available: 0 },
        ],
      },
    });
    expect([await stockOf(catalog, plenty.id), await stockOf(catalog, few.id)]).toEqual([100, 2]);
    expect(await movementsOf(orderNumber)).toEqual([]);
  });

  it('with two lines of one product needs the sum of both', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const tooMuch = await catalog.order([
      [id, 3],
      [id, 3],
    ]);
    const [rejected] = await catalog.awaitAnswers(tooMuch);
    expect(rejected).toMatchObject({ data: { shortages: [{ productId: id, requested: 6, available: 5 }] } });
    const enough = await catalog.order([
      [id, 3],
      [id, 2],
    ]);
    expect(typesOf(await catalog.awaitAnswers(enough))).toEqual(['STOCK_RESERVED']);
    expect(await stockOf(catalog, id)).toBe(0);
  });

  it('for more than one line may hold, in two lines, is rejected like any other', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = await catalog.order([
      [id, 9_000],
      [id, 9_000],
    ]);
    const [answer] = await catalog.awaitAnswers(orderNumber);
    expect(answer).toMatchObject({ data: { shortages: [{ requested: 18_000, available: 5 }] } });
  });
});

describe('a repeated event', () => {
  it('with the same id does nothing', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const eventId = randomUUID();
    const orderNumber = await catalog.order([[id, 2]], { id: eventId });
    await catalog.awaitAnswers(orderNumber);
    await catalog.order([[id, 2]], { orderNumber, id: eventId });
    // Its answer would be in the outbox by now: an event is published when its handler has committed.
    expect(await catalog.sql('SELECT type FROM outbox WHERE key = $1', [orderNumber])).toHaveLength(1);
    expect(await stockOf(catalog, id)).toBe(3);
  });

  it('with a new id changes nothing and is answered as before', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const reserved = await catalog.order([[id, 2]]);
    await catalog.order([[id, 2]], { orderNumber: reserved });
    expect(typesOf(await catalog.awaitAnswers(reserved, 2))).toEqual(['STOCK_RESERVED', 'STOCK_RESERVED']);
    const rejected = await catalog.order([[id, 4]]);
    await catalog.patch(`/products/${id}`, { stock: 50, version: 2 });
    await catalog.order([[id, 4]], { orderNumber: rejected });
    const answers = await catalog.awaitAnswers(rejected, 2);
    expect(typesOf(answers)).toEqual(['STOCK_REJECTED', 'STOCK_REJECTED']);
    expect(answers[1]?.data).toEqual(answers[0]?.data);
    expect(await stockOf(catalog, id)).toBe(50);
  });
});

describe('a cancellation', () => {
  it('puts the stock back once', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = await catalog.order([[id, 2]]);
    await catalog.cancel(orderNumber);
    await catalog.cancel(orderNumber);
    expect(await stockOf(catalog, id)).toBe(5);
    expect(await movementsOf(orderNumber)).toEqual([
      { product_id: id, delta: -2, reason: 'order' },
      { product_id: id, delta: 2, reason: 'order-cancelled' },
    ]);
    const events = await catalog.awaitProductEvents(id, 3);
    expect(events[2]).toMatchObject({ type: 'PRODUCT_UPSERTED', data: { stock: 5, version: 3 } });
    await catalog.order([[id, 2]], { orderNumber });
    expect(await stockOf(catalog, id)).toBe(5);
    expect(await catalog.sql('SELECT FROM outbox WHERE key = $1', [orderNumber])).toHaveLength(1);
  });

  it('puts back the stock of a deleted product, which stays deleted', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = await catalog.order([[id, 2]]);
    await catalog.delete(`/products/${id}`);
    await catalog.cancel(orderNumber);
    expect(await stockOf(catalog, id)).toBe(5);
    const events = await catalog.awaitProductEvents(id, 3);
    expect(typesOf(events)).toEqual(['PRODUCT_UPSERTED', 'PRODUCT_UPSERTED', 'PRODUCT_DELETED']);
    expect((await catalog.get(`/products/${id}`)).status).toBe(404);
  });

  it('of a rejected order does nothing', async () => {
    const { id } = await catalog.createProduct({ stock: 1 });
    const orderNumber = await catalog.order([[id, 2]]);
    await catalog.cancel(orderNumber);
    expect(await stockOf(catalog, id)).toBe(1);
    expect(await movementsOf(orderNumber)).toEqual([]);
  });

  it('that arrives before its order keeps the order from taking stock', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = randomUUID();
    await catalog.cancel(orderNumber);
    await catalog.order([[id, 2]], { orderNumber });
    expect(await stockOf(catalog, id)).toBe(5);
    expect(await catalog.sql('SELECT FROM outbox WHERE key = $1', [orderNumber])).toEqual([]);
  });
});

describe('with concurrent orders', () => {
  // Orders wait for each other; none fails, to be tried again.
  afterEach(() => expect(catalog.warnings).toEqual([]));

  it('exactly 10 of 50 orders for 10 pieces are reserved', async () => {
    const { id } = await catalog.createProduct({ stock: 10 });
    const orders = await Promise.all(Array.from({ length: 50 }, () => catalog.order([[id, 1]])));
    const answers = await Promise.all(orders.map((order) => catalog.awaitAnswers(order)));
    const types = typesOf(answers.flat());
    expect(types.filter((type) => type === 'STOCK_RESERVED')).toHaveLength(10);
    expect(types.filter((type) => type === 'STOCK_REJECTED')).toHaveLength(40);
    expect(await stockOf(catalog, id)).toBe(0);
  });

  it('orders for the same products in different sequences do not deadlock', async () => {
    const ids: number[] = [];
    for (let count = 0; count < 4; count++) ids.push((await catalog.createProduct({ stock: 100 })).id);
    const orders = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const shifted = [...ids.slice(index % 4), ...ids.slice(0, index % 4)];
        return catalog.order(shifted.map((id) => [id, 1] as const));
      }),
    );
    await Promise.all(orders.slice(0, 10).map((order) => catalog.cancel(order)));
    expect(await Promise.all(ids.map((id) => stockOf(catalog, id)))).toEqual([90, 90, 90, 90]);
  });

  it('a corrected count loses no sale', async () => {
    const { id } = await catalog.createProduct({ stock: 1_000 });
    let selling = true;
    const sell = async () => {
      for (let count = 0; count < 60; count++) await catalog.order([[id, 1]]);
    };
    const correctOnce = async () => {
      const { stock, version } = (await catalog.get(`/products/${id}`)).body;
      return (await catalog.patch(`/products/${id}`, { stock: stock + 100, version })).status;
    };
    const correct = async () => {
      const statuses: number[] = [];
      while (selling) statuses.push(await correctOnce());
      return statuses;
    };
    const corrections = Promise.all([correct(), correct(), correct()]);
    await sell().finally(() => {
      selling = false;
    });
    // Once all is quiet one must go through, however many came too late before.
    const statuses = [...(await corrections).flat(), await correctOnce()];
    const added = statuses.filter((status) => status === 200).length;
    expect(statuses.at(-1)).toBe(200);
    expect(new Set(statuses)).toEqual(new Set([200, 412]));
    expect(await stockOf(catalog, id)).toBe(1_000 - 60 + 100 * added);
  });
});

describe('an event that cannot be handled', () => {
  it('because the stock would leave its range is dead-lettered at once and holds no other', async () => {
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = randomUUID();
    await catalog.order([[id, 5]], { orderNumber });
    await catalog.sql('UPDATE products SET stock = 2147483647 WHERE id = $1', [id]);
    const before = catalog.deadLetters.length;

    await catalog.cancel(orderNumber);

    await waitFor(() => catalog.deadLetters.length === before + 1);
    expect(catalog.deadLetters.at(-1)).toMatch(/out of range/);
    expect(await stockOf(catalog, id)).toBe(2_147_483_647);
    await catalog.sql('UPDATE products SET stock = 0 WHERE id = $1', [id]);
  });

  it('because it breaks its schema is dead-lettered, and the next event of the same key is handled', async () => {
    const before = catalog.deadLetters.length;
    const { id } = await catalog.createProduct({ stock: 5 });
    const orderNumber = randomUUID();
    const headers = { ce_id: 'x', ce_type: 'CREATE_ORDER', ce_source: 'x', ce_time: '2026-01-01T00:00:00Z' };
    const value = Buffer.from('{"orderNumber": 7}');
    await catalog.bus.publish({ topic: 'CatalogEvents', key: orderNumber, headers, value });
    await waitFor(() => catalog.deadLetters.length === before + 1);
    expect(catalog.deadLetters.at(-1)).toMatch(/CREATE_ORDER does not fit its schema/);
    await catalog.order([[id, 1]], { orderNumber });
    expect(await stockOf(catalog, id)).toBe(4);
  });
});
