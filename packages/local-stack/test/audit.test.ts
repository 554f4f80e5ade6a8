import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@shop/testing';
import type { Customer, Reply } from './support/customers.ts';
import { createMerchant } from './support/merchant.ts';
import { openShop, type TestShop } from './support/shop.ts';

const lines: string[] = [];
let shop: TestShop;
let admin: Customer;
beforeAll(async () => {
  shop = await openShop({ logTo: { write: (line) => void lines.push(line) } });
  admin = await shop.admin();
}, 60_000);
afterAll(() => shop?.close(), 60_000);

const person = {
  username: 'Zacharias Quill',
  email: 'zacharias.quill@mail.test',
  password: 'nobody guesses this one',
};
const shippingAddress = {
  name: 'Zacharias Quill',
  phone: '+49 30 5550199',
  address: { line1: 'Verschwiegenweg 7', city: 'Hintertupfing', postalCode: '99887', country: 'DE' },
};

type Event = Record<string, never> & { kind: string; details: Record<string, never> };

async function audited(query = ''): Promise<Event[]> {
  const { status, body } = await admin.call('GET', `/audit?limit=100${query}`);
  expect([status, body.unavailable]).toEqual([200, []]);
  return body.items;
}

const call = async (method: string, path: string, body?: object, headers = {}): Promise<Reply> => {
  const reply = await fetch(`${shop.stack.urls.storefront}/api${path}`, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) };
};

it('tells of log-ins how they ended, and of whom by a keyed hash', async () => {
  await call('POST', '/register', person);
  const { email, password } = person;
  await call('POST', '/login', { email, password: 'another password' });
  const loggedIn = await call('POST', '/login', { email: email.toUpperCase(), password });
  const [succeeded, failed] = (await audited('&kind=log-in')).filter(
    ({ details }) => details['emailHash'] !== undefined,
  );
  const { emailHash } = succeeded?.details ?? {};
  expect(emailHash).toMatch(/^[\w-]{22}$/);
  const { id } = (await call('GET', '/me', undefined, { authorization: `Bearer ${loggedIn.body.token}` }))
    .body;
  expect([succeeded, failed]).toMatchObject([
    { service: 'user_service', userId: id, address: '127.0.0.1', details: { outcome: 'succeeded' } },
    {
      service: 'user_service',
      userId: null,
      address: '127.0.0.1',
      details: { outcome: 'failed', emailHash },
    },
  ]);
});

it('tells of each change of a product what was and what is, and of none that was refused', async () => {
  const sku = randomUUID();
  const product = { name: 'Lamp', description: 'Bright.', price: 1_000, stock: 5, sku };
  const { id, version } = (await admin.call('POST', '/products', product)).body;
  await admin.call('PATCH', `/products/${id}`, { price: 1_200, stock: 4, version });
  await admin.call('PATCH', `/products/${id}`, { stock: 9, version });
  await admin.call('PATCH', `/products/${id}`, { price: 1_200 });
  await fetch(`${shop.stack.urls.storefront}/api/products/import`, {
    method: 'POST',
    headers: { authorization: admin.authorization, 'content-type': 'application/x-ndjson' },
    body: JSON.stringify({ sku, price: 1_300 }),
  }).then((reply) => reply.text());
  await admin.call('DELETE', `/products/${id}`);
  const { id: adminId } = (await admin.call('GET', '/me')).body;
  const events = (await audited(`&userId=${adminId}`)).filter(({ details }) => details['productId'] === id);
  const rest = { name: 'Lamp', description: 'Bright.', sku };
  expect(events).toMatchObject([
    { kind: 'product-deleted', details: { before: { ...rest, price: 1_300, stock: 4 }, after: null } },
    { kind: 'product-updated', details: { before: { price: 1_200 }, after: { price: 1_300 } } },
    {
      kind: 'product-updated',
      details: { before: { price: 1_000, stock: 5 }, after: { price: 1_200, stock: 4 } },
    },
    { kind: 'product-created', details: { before: null, after: { ...rest, price: 1_000, stock: 5 } } },
  ]);
  expect(events.map(({ details }) => Object.keys(details['after'] ?? {}).length)).toEqual([0, 1, 2, 12]);
});

it('tells of what administrators do with orders', async () => {
  const customer = await shop.customer();
  const merchant = createMerchant(shop);
  const productId = await shop.product(9);
  const cancelled = await customer.order(productId);
  await customer.reaches(cancelled, 'processing');
  await admin.call('POST', `/orders/${cancelled}/cancel`);
  const own = await customer.order(productId);
  await customer.call('POST', `/orders/${own}/cancel`);
  await customer.call('PUT', '/cart/checkout', { email: person.email, shippingAddress });
  const paid = await customer.order(productId, 2);
  await customer.reaches(paid, 'processing');
  await customer.pay(paid);
  await customer.reaches(paid, 'completed');
  const { shipment } = (await merchant.ship(paid, { lines: [{ productId, qty: 1 }] })).body;
  await merchant.deliver(paid, shipment.id);
  await merchant.refund(paid, { amount: 100 });
  const of = (orderNumber: string, events: Event[]) =>
    events.filter(({ details }) => details['orderNumber'] === orderNumber);
  const events = await audited();
  expect(of(cancelled, events)).toMatchObject([
    {
      kind: 'order-cancelled',
      details: { before: { status: 'processing' }, after: { status: 'cancelled' } },
    },
  ]);
  expect(of(own, events)).toEqual([]);
  expect(of(paid, events)).toMatchObject([
    { kind: 'refund-asked', details: { after: { amount: 100 } } },
    { kind: 'shipment-changed', details: { before: { status: 'shipped' }, after: { status: 'delivered' } } },
    { kind: 'shipment-created', details: { after: { lines: [{ productId, qty: 1 }] } } },
  ]);
});

it('tells of refused requests once, however often they come', async () => {
  const guest = await shop.guest();
  for (const _ of [1, 2, 3, 4, 5]) {
    expect((await guest.call('POST', '/products', {})).status).toBe(403);
    expect((await call('GET', '/orders/SOME-ORDER')).status).toBe(401);
  }
  const { id } = (await guest.call('GET', '/me')).body;
  const events = await waitFor(async () => {
    const found = await audited('&kind=request-refused');
    return found.some(({ userId }) => userId === id) && found;
  });
  const about = (request: string) => events.filter(({ details }) => details['request'] === request);
  expect(about('POST /products')).toMatchObject([
    { userId: id, details: { status: 403, code: 'admin-only' } },
  ]);
  // No route has taken it: who has no token does not learn which there are.
  expect(events.filter(({ details }) => details['code'] === 'token-missing').length).toBeLessThanOrEqual(2);
});

it('gives pages that follow each other, to administrators only, by filters that are checked', async () => {
  const whole = await audited();
  const paged: Event[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body } = await admin.call('GET', `/audit?limit=7${cursor && `&cursor=${cursor}`}`);
    paged.push(...body.items);
    cursor = body.nextCursor;
  }
  expect(paged.slice(0, whole.length)).toEqual(whole);
  expect(new Set(paged.map(({ id }) => id)).size).toBe(paged.length);
  const [first] = whole as [Event & { at: string }];
  expect(await audited(`&to=${first.at}`)).not.toContainEqual(first);
  expect(await audited(`&from=${first.at}`)).toContainEqual(first);
  const bad = await admin.call('GET', '/audit?limit=101&cursor=e30&from=now&userId=x&kind=A');
  expect(bad.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
    'from',
    'kind',
    'limit',
    'userId',
  ]);
  expect((await admin.call('GET', '/audit?cursor=e30')).body.errors[0].field).toBe('cursor');
});

it('is in the log as a stream of its own, in which, as in all of the log, nothing is secret', async () => {
  const payer = await shop.customer();
  const order = await payer.order(await shop.product(1));
  await payer.reaches(order, 'processing');
  const payment = await payer.call('POST', '/create-payment', { orderNumber: order });
  const session = await call('POST', '/login', { email: person.email, password: person.password });
  await call('POST', '/refresh', { refreshToken: session.body.refreshToken });
  await payer.call('POST', '/addresses', shippingAddress);
  const guest = await shop.guest();
  const secrets = JSON.parse(await readFile(join(shop.dataDir, 'secrets.json'), 'utf8'));
  const { jwtPrivateKey, ...others } = secrets;
  const all = [
    ...[person.email, person.username, person.password, payer.email, 'admin@shop.test', 'admin-password'],
    ...[shippingAddress.phone, shippingAddress.address.line1, shippingAddress.address.city],
    ...[payer.authorization, admin.authorization, guest.authorization].map((value) =>
      value.replace('Bearer ', ''),
    ),
    ...[session.body.token, session.body.refreshToken, payment.body.data.secret, 'sk_test_offline'],
    ...textsIn(others),
    ...jwtPrivateKey.split('\n').filter((line: string) => /^[\w+/=]{30,}$/.test(line)),
  ];
  const log = lines.join('');
  expect(all.filter((secret) => typeof secret !== 'string' || secret === '' || log.includes(secret))).toEqual(
    [],
  );
  const logged = lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true);
  const kinds = new Set(logged.map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([
    'log-in',
    'order-cancelled',
    'product-created',
    'product-deleted',
    'product-updated',
    'refund-asked',
    'request-refused',
    'shipment-changed',
    'shipment-created',
  ]);
});

const textsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : Object.values(value as object).flatMap(textsIn);
