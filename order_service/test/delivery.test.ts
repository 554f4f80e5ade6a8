import request from 'supertest';
import { type Harness, startHarness } from './support/harness.ts';

const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['AT', 'DE'] };
const courier = { id: 'courier', name: 'Courier', price: 1900, currency: 'usd', countries: ['US', 'DE'] };
const free = { id: 'collect', name: 'Collect', price: 0, currency: 'eur', countries: ['DE'] };
const methods = [post, courier, free];

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { DELIVERY_METHODS: JSON.stringify(methods) } });
});
afterAll(() => shop.stop());

const address = {
  line1: 'Secretstraße 7',
  line2: 'Hof',
  city: 'Berlin',
  state: 'BE',
  postalCode: '10115',
  country: 'DE',
};
const shippingAddress = { name: 'Ada Hidden', phone: '+49 30 5550000', address };
const checkout = { email: 'ada-hidden@shop.test', shippingAddress, deliveryMethod: 'post' };

const choose = (customer: number, change: object = {}, at?: string) =>
  shop
    .as(customer, at)
    .put('/cart/checkout')
    .send({ ...checkout, ...change });
const place = (customer: number, body: object = {}, at?: string) =>
  shop.as(customer, at).post('/orders').send(body);
const cartOf = async (customer: number, at?: string) =>
  (await shop.as(customer, at).get('/cart').expect(200)).body;

async function customerWithCart(...lines: readonly { price?: number; currency?: string }[]) {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, ...lines.map((line) => [shop.catalog.sell(line), 1] as const));
  return customer;
}

/** An instance of the same shop whose settings have changed. */
const withMethods = async (changed: readonly object[]) =>
  (await shop.startInstance({ DELIVERY_METHODS: JSON.stringify(changed) })).url;

it('are listed for everyone', async () => {
  const { body } = await request(shop.url).get('/delivery-methods').expect(200);
  expect(body).toEqual({ items: methods });
});

it('go from the cart to the order, its checkout and its list with the same amount, and leave the cart', async () => {
  const customer = await customerWithCart({ price: 1000 }, { price: 250 });
  const billingAddress = { name: 'Grace', address: { line1: 'Main St 1', country: 'US' } };

  const saved = await choose(customer, { billingAddress }).expect(200);

  expect(saved.body).toEqual({ ...checkout, billingAddress, deliveryPrice: 490 });
  const adjustments = [{ kind: 'delivery', label: 'Post', amount: 490 }];
  expect(await cartOf(customer)).toMatchObject({
    amount: 1740,
    adjustments,
    checkout: {
      ...checkout,
      billingAddress,
      deliveryPrice: 490,
      availability: 'available',
      priceChanged: false,
    },
  });
  const { body } = await place(customer, { amount: 1740, currency: 'eur' }).expect(201);
  const contact = { email: checkout.email };
  const deliveryMethod = { id: 'post', name: 'Post' };
  const kept = { amount: 1740, adjustments, contact, shippingAddress, billingAddress, deliveryMethod };
  expect(body.order).toMatchObject(kept);
  await shop.reserved(body.orderNumber);
  const own = await shop.as(customer).get(`/orders/${body.orderNumber}`).expect(200);
  expect(own.body).toMatchObject(kept);
  expect(await shop.look(body.orderNumber)).toMatchObject(kept);
  expect((await shop.as(customer).get('/orders').expect(200)).body.items).toMatchObject([kept]);
  const pay = await shop.as(customer).get(`/orders/${body.orderNumber}/checkout`).expect(200);
  expect(pay.body).toMatchObject({ amount: 1740, currency: 'eur' });
  expect(await cartOf(customer)).toEqual({ lines: [], amount: 0, currency: null, adjustments: [] });
  await shop
    .as(customer + 10_000)
    .get(`/orders/${body.orderNumber}`)
    .expect(404);
});

it('are the same in a repeat with the same Idempotency-Key', async () => {
  const customer = await customerWithCart({});
  await choose(customer).expect(200);
  const first = await place(customer).set('idempotency-key', 'delivered').expect(201);
  await choose(customer, { deliveryMethod: 'collect' }).expect(200);
  const again = await place(customer).set('idempotency-key', 'delivered').expect(201);
  expect(again.body).toEqual(first.body);
  expect(first.body.order.billingAddress).toBeNull();
});

it('may be chosen before there is anything in the cart', async () => {
  const customer = shop.newCustomer();
  await choose(customer, { deliveryMethod: 'courier' }).expect(200);
  await choose(customer).expect(200);
  expect(await cartOf(customer)).toMatchObject({ lines: [], amount: 0, adjustments: [], checkout });
  await shop.fillCart(customer, [shop.catalog.sell({ price: 700 }), 2]);
  expect(await cartOf(customer)).toMatchObject({ amount: 1890 });
});

it('can be taken back, once and again', async () => {
  const customer = await customerWithCart({});
  await shop.as(customer).delete('/cart/checkout').expect(204);
  await choose(customer).expect(200);
  await shop.as(customer).delete('/cart/checkout').expect(204);
  await shop.as(customer).delete('/cart/checkout').expect(204);
  await shop.as(shop.newCustomer()).delete('/cart/checkout').expect(204);
  const { body } = await place(customer).expect(201);
  expect(body.order).toMatchObject({ amount: 1000, adjustments: [] });
  expect(body.order).not.toHaveProperty('contact');
});

const country = (code: string) => ({
  shippingAddress: { ...shippingAddress, address: { ...address, country: code } },
});

it.each<[string, object, string, string]>([
  [
    'an unknown method',
    { deliveryMethod: 'drone' },
    'deliveryMethod',
    'must be one of post, courier, collect, not "drone"',
  ],
  [
    'no country of ISO 3166',
    country('XX'),
    'shippingAddress.address.country',
    'must be a country of ISO 3166-1, in two capital letters, not "XX"',
  ],
  [
    'a country in small letters',
    country('de'),
    'shippingAddress.address.country',
    'must match pattern "^[A-Z]{2}$", not "de"',
  ],
  [
    'a country that the method does not deliver to',
    country('FR'),
    'shippingAddress.address.country',
    'must be a country that "post" delivers to (AT, DE), not "FR"',
  ],
  [
    'another currency than that of the cart',
    { deliveryMethod: 'courier' },
    'deliveryMethod',
    'must have the currency of the cart, eur, not "courier" in usd',
  ],
  [
    'a billing address in no country',
    { billingAddress: { name: 'A', address: { line1: 'B', country: 'ZZ' } } },
    'billingAddress.address.country',
    'must be a country of ISO 3166-1, in two capital letters, not "ZZ"',
  ],
  ['no email', { email: undefined }, 'email', 'is missing'],
  [
    'a name of blanks',
    { shippingAddress: { ...shippingAddress, name: ' ' } },
    'shippingAddress.name',
    expect.stringContaining('must match pattern') as unknown as string,
  ],
  ['a member that is not known', { gift: true }, 'gift', 'is not known'],
])('are refused with %s', async (_what, change, field, message) => {
  const customer = await customerWithCart({});
  const { body } = await choose(customer, change).expect(400);
  expect(body).toMatchObject({ code: 'validation-failed', errors: [{ field, message }] });
  expect(await cartOf(customer)).not.toHaveProperty('checkout');
});

it('name all that is wrong at once', async () => {
  const { body } = await choose(shop.newCustomer(), { ...country('XX'), deliveryMethod: 'drone' }).expect(
    400,
  );
  expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
    'shippingAddress.address.country',
    'deliveryMethod',
  ]);
});

it('are 409 and change nothing when the shop no longer has the method, or not for that country or currency', async () => {
  const customer = await customerWithCart({});
  await choose(customer).expect(200);
  for (const changed of [[free], [{ ...post, countries: ['AT'] }], [{ ...post, currency: 'usd' }]]) {
    const at = await withMethods(changed);
    const before = await cartOf(customer, at);
    expect(before).toMatchObject({
      amount: 1000,
      adjustments: [],
      checkout: { availability: 'unavailable' },
    });
    const { body } = await place(customer, {}, at).expect(409);
    expect(body).toMatchObject({ code: 'delivery-unavailable', deliveryMethod: 'post' });
    expect(await cartOf(customer, at)).toEqual(before);
  }
  await place(customer).expect(201);
});

it('are 409 when the cart has another currency by now', async () => {
  const customer = shop.newCustomer();
  await choose(customer).expect(200);
  await shop.fillCart(customer, [shop.catalog.sell({ currency: 'usd' }), 1]);
  expect(await cartOf(customer)).toMatchObject({ amount: 1000, checkout: { availability: 'unavailable' } });
  const { body } = await place(customer).expect(409);
  expect(body.code).toBe('delivery-unavailable');
});

it('follow the rule of prices: a new one needs the customer to agree', async () => {
  const customer = await customerWithCart({});
  await choose(customer).expect(200);
  const at = await withMethods([{ ...post, price: 590 }]);
  expect(await cartOf(customer, at)).toMatchObject({
    amount: 1590,
    adjustments: [{ amount: 590 }],
    checkout: { deliveryPrice: 490, priceChanged: true },
  });

  const { body } = await place(customer, {}, at).expect(409);

  expect(body).toMatchObject({
    code: 'price-changed',
    amount: 1590,
    changes: [],
    delivery: { deliveryMethod: 'post', from: 490, to: 590 },
  });
  const agreed = await place(customer, { amount: 1590, currency: 'eur' }, at).expect(201);
  expect(agreed.body.order).toMatchObject({ amount: 1590, adjustments: [{ amount: 590 }] });
});

it('make an order of free products one that is paid, and a free delivery does not', async () => {
  const paying = await customerWithCart({ price: 0 });
  await choose(paying).expect(200);
  const { body } = await place(paying).expect(201);
  await shop.reserved(body.orderNumber);
  expect(await shop.look(body.orderNumber)).toMatchObject({ status: 'processing', amount: 490 });
  await shop.as(paying).get(`/orders/${body.orderNumber}/checkout`).expect(200);

  const collecting = await customerWithCart({ price: 0 });
  await choose(collecting, { deliveryMethod: 'collect' }).expect(200);
  const { body: nothing } = await place(collecting).expect(201);
  await shop.reserved(nothing.orderNumber);
  expect(await shop.look(nothing.orderNumber)).toMatchObject({ status: 'completed', amount: 0 });
});

it('count for what Stripe takes at most', async () => {
  const customer = await customerWithCart({ price: 99_999_999 });
  await choose(customer).expect(200);
  const { body } = await place(customer).expect(409);
  expect(body).toMatchObject({ code: 'amount-out-of-range', amount: 100_000_489 });
});

it('and the order that is made meanwhile are of one version of the cart', async () => {
  const customer = await customerWithCart({});
  const [, placed] = await Promise.all([choose(customer), place(customer)]);
  if (placed.status === 409) expect(placed.body.code).toBe('cart-changed');
  else expect(placed.body.order.amount).toBe(1000 + (placed.body.order.adjustments[0]?.amount ?? 0));
});

it('leave no personal data in events, logs, metrics, history or timeline', async () => {
  const customer = await customerWithCart({});
  await choose(customer, { deliveryMethod: 'drone' }).expect(400);
  await choose(customer).expect(200);
  const { body } = await place(customer).expect(201);
  await shop.reserved(body.orderNumber);
  await shop.as(customer).post(`/orders/${body.orderNumber}/cancel`).expect(200);
  await shop.settled();

  const { history } = await shop.look(body.orderNumber);
  const timeline = (await shop.admin.get(`/orders/${body.orderNumber}/timeline`).expect(200)).body;
  const metrics = await shop.metrics();
  const outbox = await shop.database.sql('SELECT headers, payload FROM outbox');
  const everything = JSON.stringify([
    shop.heard,
    shop.logs,
    shop.deadLetters,
    history,
    timeline,
    metrics,
    outbox,
  ]);

  expect(everything).toContain(body.orderNumber);
  for (const secret of ['ada-hidden', 'Ada Hidden', '5550000', 'Secretstra', '10115'])
    expect(everything).not.toContain(secret);
});
