import { waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());
afterEach(() => {
  shop.catalog.mood = 'well';
});

const cartOf = async (customer: number) => (await shop.as(customer).get('/cart').expect(200)).body;

it('adds a product at today’s price', async () => {
  const customer = shop.newCustomer();
  const product = { name: 'Lamp', price: 4550, currency: 'usd', imageUrl: 'https://shop.test/lamp.webp' };
  const lamp = shop.catalog.sell({ ...product, stock: 7 });

  const { status, body: line } = await shop.as(customer).post('/cart').send({ productId: lamp, qty: 2 });

  expect({ status, line }).toEqual({
    status: 201,
    line: { id: expect.any(Number), productId: lamp, ...product, qty: 2 },
  });
  expect(shop.catalog.asked.at(-1)).toEqual([lamp]);
  expect(await cartOf(customer)).toEqual({
    lines: [{ ...line, availability: 'available', available: 7, priceChanged: false, currentPrice: 4550 }],
    amount: 9100,
    currency: 'usd',
    adjustments: [],
  });
});

it('raises the quantity when the product is added again, and takes over today’s price and name', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ name: 'Lamp', price: 4550, stock: 7 });
  const first = await shop.as(customer).post('/cart').send({ productId: lamp, qty: 2 }).expect(201);
  shop.catalog.sell({ id: lamp, name: 'Better lamp', price: 5000 });

  const again = await shop.as(customer).post('/cart').send({ productId: lamp, qty: 5 }).expect(200);

  expect(again.body).toEqual({ ...first.body, name: 'Better lamp', price: 5000, qty: 7 });
  expect((await cartOf(customer)).lines).toMatchObject([{ id: first.body.id, qty: 7, priceChanged: false }]);
});

it('shows the picture of today, and the last one of what is not sold any more', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ imageUrl: 'https://shop.test/old.webp' });
  await shop.fillCart(customer, [lamp, 1]);
  const pictures = async () =>
    (await cartOf(customer)).lines.map(({ imageUrl }: { imageUrl: string | null }) => imageUrl);
  shop.catalog.sell({ id: lamp, imageUrl: 'https://shop.test/new.webp' });
  expect(await pictures()).toEqual(['https://shop.test/new.webp']);
  shop.catalog.discontinue(lamp);
  expect(await pictures()).toEqual(['https://shop.test/old.webp']);
});

it('loses nothing of what is added twenty times at once', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell();

  const replies = await Promise.all(
    Array.from({ length: 20 }, () => shop.as(customer).post('/cart').send({ productId: lamp, qty: 1 })),
  );

  expect(replies.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 201]);
  expect((await cartOf(customer)).lines).toMatchObject([{ productId: lamp, qty: 20 }]);
});

it('refuses more than there is, counting what the cart holds already', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ stock: 3 });
  const add = (qty: number) => shop.as(customer).post('/cart').send({ productId: lamp, qty });
  await add(2).expect(201);

  const { status, body } = await add(2);

  expect({ status, ...body }).toMatchObject({
    status: 409,
    code: 'insufficient-stock',
    requested: 4,
    available: 3,
  });
  await add(1).expect(200);
  expect((await cartOf(customer)).lines).toMatchObject([{ qty: 3 }]);
});

it('holds at most 10,000 pieces of a product, however many there are', async () => {
  const customer = shop.newCustomer();
  const screw = shop.catalog.sell({ stock: 1_000_000 });
  await shop.as(customer).post('/cart').send({ productId: screw, qty: 10_000 }).expect(201);

  const { status, body } = await shop.as(customer).post('/cart').send({ productId: screw, qty: 1 });

  expect({ status, ...body }).toMatchObject({ status: 409, code: 'insufficient-stock', available: 10_000 });
});

it('says that a product is not there', async () => {
  const customer = shop.newCustomer();

  const { status, body } = await shop.as(customer).post('/cart').send({ productId: 999_999, qty: 1 });

  expect({ status, code: body.code }).toEqual({ status: 404, code: 'product-not-found' });
  expect((await cartOf(customer)).lines).toEqual([]);
});

it('changes a quantity, stock checked', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ stock: 5 });
  const { body: line } = await shop.as(customer).post('/cart').send({ productId: lamp, qty: 4 });
  const change = (qty: number) => shop.as(customer).patch(`/cart/${line.id}`).send({ qty });

  expect((await change(1).expect(200)).body).toEqual({ ...line, qty: 1 });
  expect((await change(5).expect(200)).body).toEqual({ ...line, qty: 5 });
  const { status, body } = await change(6);

  expect({ status, ...body }).toMatchObject({ status: 409, code: 'insufficient-stock', available: 5 });
  expect((await cartOf(customer)).lines).toMatchObject([{ qty: 5 }]);
});

it('keeps the price that was shown when only the quantity changes, and says that it moved', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ price: 1000 });
  const { body: line } = await shop.as(customer).post('/cart').send({ productId: lamp, qty: 1 });
  shop.catalog.sell({ id: lamp, price: 1200 });
  await shop.as(customer).patch(`/cart/${line.id}`).send({ qty: 2 }).expect(200);

  expect(await cartOf(customer)).toMatchObject({
    lines: [{ price: 1000, currentPrice: 1200, priceChanged: true }],
    amount: 2400,
  });
});

it('removes a line, even while catalog is away', async () => {
  const customer = shop.newCustomer();
  const [lamp, chair] = [shop.catalog.sell(), shop.catalog.sell()];
  await shop.fillCart(customer, [lamp, 1], [chair, 1]);
  const [first] = (await cartOf(customer)).lines;
  shop.catalog.mood = 'away';

  const { status, text } = await shop.as(customer).delete(`/cart/${first.id}`);
  shop.catalog.mood = 'well';

  expect({ status, text }).toEqual({ status: 204, text: '' });
  expect((await cartOf(customer)).lines).toMatchObject([{ productId: chair }]);
  const again = await shop.as(customer).delete(`/cart/${first.id}`).expect(404);
  expect(again.body.code).toBe('cart-line-not-found');
});

it('does not let anybody touch another customer’s line', async () => {
  const [owner, stranger] = [shop.newCustomer(), shop.newCustomer()];
  await shop.fillCart(owner, [shop.catalog.sell(), 2]);
  await shop.fillCart(stranger, [shop.catalog.sell(), 1]);
  const before = await cartOf(owner);
  const line = `/cart/${before.lines[0].id}`;

  for (const user of [shop.as(stranger), shop.admin]) {
    expect((await user.patch(line).send({ qty: 1 }).expect(404)).body.code).toBe('cart-line-not-found');
    expect((await user.delete(line).expect(404)).body.code).toBe('cart-line-not-found');
  }

  expect(await cartOf(owner)).toEqual(before);
});

it('shows of each line what catalog has right now', async () => {
  const customer = shop.newCustomer();
  const [plenty, few, gone] = [
    shop.catalog.sell({ price: 100 }),
    shop.catalog.sell({ price: 200 }),
    shop.catalog.sell({ price: 400 }),
  ];
  await shop.fillCart(customer, [plenty, 3], [few, 3], [gone, 3]);
  shop.catalog.sell({ id: few, stock: 2 });
  shop.catalog.discontinue(gone);
  shop.catalog.asked.length = 0;

  expect(await cartOf(customer)).toMatchObject({
    lines: [
      {
        productId: plenty,
        availability: 'available',
        available: 100,
        currentPrice: 100,
        priceChanged: false,
      },
      { productId: few, availability: 'insufficient', available: 2, currentPrice: 200, priceChanged: false },
      { productId: gone, availability: 'unavailable', available: 0, currentPrice: null, priceChanged: false },
    ],
    amount: 900,
    currency: 'eur',
  });
  expect(shop.catalog.asked).toEqual([[plenty, few, gone]]);
});

it('has no total while it mixes currencies', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell({ currency: 'eur' }), 1]);
  await shop.fillCart(customer, [shop.catalog.sell({ currency: 'usd' }), 1]);

  expect(await cartOf(customer)).toMatchObject({ amount: null, currency: null });
});

it('is empty, not missing, before anything was put in', async () => {
  shop.catalog.asked.length = 0;

  expect(await cartOf(shop.newCustomer())).toEqual({
    lines: [],
    amount: 0,
    currency: null,
    adjustments: [],
  });
  expect(shop.catalog.asked).toEqual([]);
});

it('takes a hundred different products and no more', async () => {
  const customer = shop.newCustomer();
  const products = Array.from({ length: 101 }, () => shop.catalog.sell());
  await shop.fillCart(customer, [products[0] as number, 1]);
  await shop.database.sql(
    `INSERT INTO cart_lines (cart_id, product_id, name, price, currency, qty)
     SELECT id, unnest($2::int[]), 'Product', 1000, 'eur', 1 FROM carts WHERE customer_id = $1`,
    [customer, products.slice(1, 100)],
  );

  const extra = await shop.as(customer).post('/cart').send({ productId: products[100], qty: 1 });
  const more = await shop.as(customer).post('/cart').send({ productId: products[99], qty: 1 });

  expect([extra.status, extra.body.code, more.status]).toEqual([409, 'cart-full', 200]);
  expect((await cartOf(customer)).lines).toHaveLength(100);
});

it.each(['away', 'broken', 'silent'] as const)('answers 503 within 3 s while catalog is %s', async (mood) => {
  // An instance of its own: the circuit breaker that this opens is none of the other tests' business.
  const { url, stop } = await shop.startInstance();
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell();
  await shop.fillCart(customer, [lamp, 1]);
  const line = `/cart/${(await cartOf(customer)).lines[0].id}`;
  shop.catalog.mood = mood;

  const startedAt = performance.now();
  const replies = await Promise.all([
    shop.as(customer, url).post('/cart').send({ productId: lamp, qty: 1 }),
    shop.as(customer, url).get('/cart'),
    shop.as(customer, url).patch(line).send({ qty: 9 }),
    shop.as(customer, url).post('/orders'),
  ]);
  const tookMs = performance.now() - startedAt;

  for (const { status, body, headers } of replies) {
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'catalog-service-unavailable', '1']);
  }
  expect(tookMs).toBeLessThan(3_000);
  shop.catalog.mood = 'well';
  expect((await cartOf(customer)).lines).toMatchObject([{ qty: 1 }]);
  await stop();
});

it('works again soon after catalog does', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);
  shop.catalog.mood = 'away';
  await Promise.all([1, 2].map(() => shop.as(customer).get('/cart').expect(503)));
  shop.catalog.mood = 'well';

  await waitFor(() => cartOf(customer), { what: 'the circuit breaker to close' });
});
