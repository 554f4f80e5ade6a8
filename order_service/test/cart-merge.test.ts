import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const guestToken = (id: number, claims: object = {}) => token(id, { role: 'guest', email: null, ...claims });
const cartOf = async (id: number) => (await shop.as(id).get('/cart').expect(200)).body;
const merge = (customer: number, guest: number) =>
  shop
    .as(customer)
    .post('/cart/merge')
    .send({ guestToken: guestToken(guest) });

const two = () => [shop.newCustomer(), shop.newCustomer()] as const;

it('lets a guest fill a cart, order it and see the order', async () => {
  const guest = shop.agent(guestToken(shop.newCustomer()));
  const lamp = shop.catalog.sell();
  await guest.post('/cart').send({ productId: lamp, qty: 2 }).expect(201);
  const { body } = await guest.post('/orders').expect(201);
  await guest.get(`/orders/${body.orderNumber}`).expect(200);
  await guest.get(`/orders/${body.orderNumber}/timeline`).expect(403);
});

it('has the greater quantity of each product, and leaves the guest’s cart empty', async () => {
  const [customer, guest] = two();
  const [lamp, chair, table] = [shop.catalog.sell(), shop.catalog.sell(), shop.catalog.sell()];
  await shop.fillCart(customer, [lamp, 1], [chair, 5]);
  await shop.fillCart(guest, [lamp, 3], [chair, 2], [table, 4]);
  const { body } = await merge(customer, guest).expect(200);
  const { adjusted, ...cart } = body;
  expect(adjusted).toEqual([]);
  expect(cart).toEqual(await cartOf(customer));
  expect(cart.lines.map((line: { productId: number; qty: number }) => [line.productId, line.qty])).toEqual([
    [lamp, 3],
    [chair, 5],
    [table, 4],
  ]);
  expect((await cartOf(guest)).lines).toEqual([]);
  const again = await merge(customer, guest).expect(200);
  expect(again.body).toEqual({ ...cart, adjusted: [] });
});

it('gives a cart to a customer who had none, and nothing to one whose guest had none', async () => {
  const [customer, guest] = two();
  const nothing = { lines: [], adjustments: [], amount: 0, currency: null, adjusted: [] };
  expect((await merge(customer, guest).expect(200)).body).toEqual(nothing);
  await shop.fillCart(guest, [shop.catalog.sell(), 2]);
  expect((await merge(customer, guest).expect(200)).body).toMatchObject({
    lines: [{ qty: 2 }],
    amount: 2000,
  });
});

it('takes no more than there is, and says what it took less of', async () => {
  const [customer, guest] = two();
  const [few, none, gone] = [shop.catalog.sell(), shop.catalog.sell(), shop.catalog.sell({ name: 'Lamp' })];
  await shop.fillCart(customer, [few, 1]);
  await shop.fillCart(guest, [few, 5], [none, 1], [gone, 2]);
  shop.catalog.sell({ id: few, stock: 3 });
  shop.catalog.sell({ id: none, stock: 0 });
  shop.catalog.discontinue(gone);
  const { body } = await merge(customer, guest).expect(200);
  expect(body.lines).toMatchObject([{ productId: few, qty: 3, availability: 'available' }]);
  expect(body.adjusted).toMatchObject([
    { productId: few, requested: 5, qty: 3, reason: 'insufficient-stock' },
    { productId: none, requested: 1, qty: 0, reason: 'insufficient-stock' },
    { productId: gone, requested: 2, qty: 0, name: 'Lamp', reason: 'product-unavailable' },
  ]);
  expect((await cartOf(guest)).lines).toEqual([]);
});

it('takes what there is room for', async () => {
  const [customer, guest] = two();
  const products = Array.from({ length: 101 }, () => shop.catalog.sell());
  await shop.fillCart(customer, ...products.slice(0, 99).map((id) => [id, 1] as const));
  await shop.fillCart(guest, ...products.slice(98).map((id) => [id, 2] as const));
  const { body } = await merge(customer, guest).expect(200);
  expect(body.lines).toHaveLength(100);
  expect(body.adjusted).toMatchObject([
    { productId: products[100], requested: 2, qty: 0, reason: 'cart-full' },
  ]);
});

it('keeps the price that the customer has seen', async () => {
  const [customer, guest] = two();
  const lamp = shop.catalog.sell({ price: 1000 });
  await shop.fillCart(customer, [lamp, 1]);
  shop.catalog.sell({ id: lamp, price: 1200 });
  await shop.fillCart(guest, [lamp, 2]);
  const { body } = await merge(customer, guest).expect(200);
  expect(body.lines).toMatchObject([{ qty: 2, price: 1000, currentPrice: 1200, priceChanged: true }]);
});

it('loses nothing of what is merged at the same moment in both directions', async () => {
  const guests = two();
  const [one, other] = guests;
  const [lamp, chair] = [shop.catalog.sell(), shop.catalog.sell()];
  await shop.fillCart(one, [lamp, 2]);
  await shop.fillCart(other, [chair, 3]);
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? merge(one, other) : merge(other, one))),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200));
  const carts = await Promise.all(guests.map(cartOf));
  const lines = carts.flatMap((cart) => cart.lines);
  expect(lines).toHaveLength(2);
  const ofBoth = [
    { productId: lamp, qty: 2 },
    { productId: chair, qty: 3 },
  ];
  expect(lines).toEqual(expect.arrayContaining(ofBoth.map((line) => expect.objectContaining(line))));
});

it('merges what is ordered at the same moment, or lets it be ordered, never both', async () => {
  const [customer, guest] = two();
  await shop.fillCart(guest, [shop.catalog.sell(), 2]);
  const [merged, ordered] = await Promise.all([
    merge(customer, guest),
    shop.agent(guestToken(guest)).post('/orders'),
  ]);
  expect(merged.status).toBe(200);
  expect(merged.body.lines).toHaveLength(ordered.status === 201 ? 0 : 1);
});

it('changes nothing while catalog does not answer', async () => {
  const [customer, guest] = two();
  await shop.fillCart(guest, [shop.catalog.sell(), 2]);
  shop.catalog.mood = 'away';
  const { body } = await merge(customer, guest).expect(503);
  shop.catalog.mood = 'well';
  expect(body.code).toBe('catalog-service-unavailable');
  const [line] = await shop.database.sql(
    'SELECT qty FROM cart_lines JOIN carts ON carts.id = cart_id WHERE customer_id = $1',
    [guest],
  );
  expect(line).toEqual({ qty: 2 });
});

const customer = 90_001;
it.each([
  ['of the caller', guestToken(customer)],
  ['of a customer', token(90_002)],
  ['of an administrator', token(90_002, { role: 'admin' })],
  ['that has expired', guestToken(90_002, { exp: 1_000_000_000 })],
  ['that nobody signed', 'not.a.token'],
  ['that is empty', ''],
  ['that is no text', 5],
  ['that is missing', undefined],
])('refuses a token %s', async (_what, given) => {
  const { body } = await shop.as(customer).post('/cart/merge').send({ guestToken: given }).expect(400);
  expect(body).toMatchObject({
    code: 'validation-failed',
    errors: [{ field: 'guestToken', message: expect.any(String) }],
  });
});
