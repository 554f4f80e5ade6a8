import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPeerToken } from '@shop/service-kit';
import type { ServiceName } from '../bad-input/row.ts';
import { createTokens } from '../bad-input/tokens.ts';
import type { Customer } from '../support/customers.ts';
import { createMerchant } from '../support/merchant.ts';
import type { TestShop } from '../support/shop.ts';
import type { Caller } from './rules.ts';

export interface World {
  readonly urls: Readonly<Record<ServiceName, string>>;
  /** The value of `Authorization` with which a caller comes to a service; none is sent when it is undefined. */
  readonly authorization: (caller: Caller, service: ServiceName) => string | undefined;
  /** Of paths: all of it is the customer's. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What `{id}` is, by what comes before it. */
  readonly ids: Readonly<Record<string, string>>;
  readonly address: object;
  /** Well-formed tokens of an administrator that must not be accepted, each wrong in its way. */
  readonly badTokens: Readonly<Record<string, string>>;
}

const address = {
  name: 'A Customer',
  address: { line1: 'Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' },
};

/** A customer who has one of everything, and all the others. */
export async function settle(shop: TestShop): Promise<World> {
  const [customer, otherCustomer, guest, admin] = await Promise.all([
    shop.customer(),
    shop.customer(),
    shop.guest(),
    shop.admin(),
  ]);
  const had = await goods(shop, customer);
  const { buyer: _, stranger: _same, admin: _own, ...badTokens } = await tokensOf(shop, admin);
  const tokens = {
    expired: `Bearer ${badTokens.expired}`,
    forged: `Bearer ${badTokens.foreignKey}`,
    otherAudience: `Bearer ${badTokens.wrongAudience}`,
    loggedOut: await loggedOut(shop),
    demoted: await demoted(shop),
    guest: guest.authorization,
    otherCustomer: otherCustomer.authorization,
    admin: admin.authorization,
    customer: customer.authorization,
  };
  const { serviceSecret } = await secretsOf(shop);
  const peer = (to: string, from: string) => `Bearer ${createPeerToken([serviceSecret], from, to)}`;
  return {
    urls: shop.stack.urls,
    authorization: (caller, service) => {
      const to = `${service}_service`;
      if (caller === 'nobody') return undefined;
      if (caller === 'service') return peer(to, service === 'order' ? 'user_service' : 'order_service');
      // It knows the secret, and no route is for it.
      if (caller === 'otherService') return peer(to, 'storefront');
      return tokens[caller];
    },
    ...had,
    address,
    badTokens,
  };
}

async function goods(shop: TestShop, customer: Customer) {
  const sku = `sku-${randomUUID()}`;
  const group = { groupId: 'shirts', sku, options: { size: 'M' } };
  const product = { name: 'A shirt', description: 'Cotton.', price: 1_000, stock: 9, ...group };
  const made = await (await shop.admin()).call('POST', '/products', product);
  const productId: number = made.body.id;
  const orderNumber = await customer.order(productId);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');
  const shipped = await createMerchant(shop).ship(orderNumber);
  const order = await customer.call('GET', `/orders/${orderNumber}`);
  const line = await customer.call('POST', '/cart', { productId, qty: 1 });
  const saved = await customer.call('POST', '/addresses', address);
  const self = await customer.call('GET', '/me');
  const paymentId: string = order.body.paymentId;
  return {
    parameters: {
      orderNumber,
      paymentId,
      lineItemId: String(line.body.id),
      shipmentId: String(shipped.body.shipment.id),
      category: 'home',
      product: '1',
    },
    ids: {
      products: String(productId),
      'product-groups': 'shirts',
      addresses: String(saved.body.id),
      sessions: await otherSession(shop, customer),
      users: String(self.body.id),
      customers: String(self.body.id),
      'api-keys': (await keyOf(shop, ['orders:read'])).id,
      'verify-payment': paymentId,
      payments: paymentId,
    },
  };
}

/** A key of the administrator's. */
async function keyOf(shop: TestShop, scopes: readonly string[]): Promise<{ id: string; key: string }> {
  return (await (await shop.admin()).call('POST', '/api-keys', { name: 'Back office', scopes })).body;
}

/** The header of a program that has a key with this scope alone. */
export async function authorizationOfKey(shop: TestShop, scope: string): Promise<string> {
  const { key } = await keyOf(shop, [scope]);
  const url = new URL('/api/api-keys/token', shop.stack.urls.storefront);
  const reply = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}` } });
  return `Bearer ${((await reply.json()) as { token: string }).token}`;
}

/** A session of the customer in which no token of this table was made. */
async function otherSession(shop: TestShop, customer: Customer): Promise<string> {
  const user = (await customer.call('GET', '/me')).body.id;
  const [session] = await shop.ledger.sql(
    'users',
    `INSERT INTO sessions (user_id, address, expires_at) VALUES ($1, '192.0.2.1', now() + interval '1 day')
     RETURNING id`,
    [user],
  );
  return String(session?.['id']);
}

/** Of an administrator, signed with the key that user_service signs with, but for what their names say. */
async function tokensOf(shop: TestShop, admin: Customer) {
  const { jwtPrivateKey } = await secretsOf(shop);
  const { id, email, role } = (await admin.call('GET', '/validate')).body;
  const { keys } = (await admin.call('GET', '/.well-known/jwks.json')).body;
  const person = { id, email, role };
  const people = { buyer: person, stranger: person, admin: person };
  return createTokens(createPrivateKey(jwtPrivateKey), keys[0].kid, people);
}

/** The token of an administrator who has logged out. */
async function loggedOut(shop: TestShop): Promise<string> {
  const [token, refreshToken] = await logIn(shop, 'admin@shop.test', 'admin-password');
  const customer = await shop.customer();
  await customer.call('POST', '/logout', { refreshToken });
  return `Bearer ${token}`;
}

/** The token of a former administrator, who is a customer by now. */
async function demoted(shop: TestShop): Promise<string> {
  const account = {
    username: 'Former',
    email: `former-${randomUUID()}@shop.test`,
    password: 'a-password-of-old',
  };
  const setRole = (role: string) =>
    shop.ledger.sql('users', 'UPDATE users SET role = $1 WHERE email = $2', [role, account.email]);
  await (await shop.guest()).call('POST', '/register', account);
  await setRole('admin');
  const [token] = await logIn(shop, account.email, account.password);
  await setRole('customer');
  return `Bearer ${token}`;
}

async function logIn(shop: TestShop, email: string, password: string): Promise<[string, string]> {
  const { body } = await (await shop.guest()).call('POST', '/login', { email, password });
  return [body.token, body.refreshToken];
}

const secretsOf = async ({ dataDir }: TestShop) =>
  JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8'));
