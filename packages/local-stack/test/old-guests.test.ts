import { withClient } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { Customer } from './support/customers.ts';
import { createMerchant } from './support/merchant.ts';
import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await openShop({ environment: { PURGE_MS: '300' } });
}, 60_000);
afterAll(() => shop?.close(), 60_000);

const sql = async (schema: 'users' | 'orders', text: string, values: unknown[]) =>
  withClient({ connectionString: shop.stack.databaseUrl(schema) }, async (client) => {
    return (await client.query(text, values)).rows;
  });
const idOf = async (guest: Customer): Promise<number> => (await guest.call('GET', '/me')).body.id;

it('of old guests the one who ordered stays, and of the other nothing, in no service', async () => {
  const productId = await shop.product(5);
  const [idle, buyer] = [await shop.guest(), await shop.guest()];
  await idle.putIntoCart(productId, 1);
  const orderNumber = await buyer.order(productId);
  await buyer.reaches(orderNumber, 'processing');
  const ids = [await idOf(idle), await idOf(buyer)];

  await sql('users', `UPDATE users.users SET created_at = now() - interval '31 days' WHERE id = ANY ($1)`, [
    ids,
  ]);

  await waitFor(async () => (await idle.call('GET', '/me')).status === 401);
  expect(await idOf(buyer)).toBe(ids[1]);
  expect(await buyer.status(orderNumber)).toMatchObject({ status: 'processing' });
  expect(
    await sql('orders', 'SELECT customer_id AS id FROM orders.carts WHERE customer_id = ANY ($1)', [ids]),
  ).toEqual([{ id: ids[1] }]);
  await shop.ledger.quiet();
  expect(await shop.findings()).toEqual([]);
});

it('of a deleted account only its orders are left, of nobody', async () => {
  const address = { name: 'Hidden Name', address: { line1: 'Hidden Street 1', country: 'DE' } };
  const productId = await shop.product(5);
  const [customer, guest] = [await shop.customer(), await shop.guest()];
  const id = await idOf(customer);
  await customer.putIntoCart(productId, 1);
  const checkout = { email: customer.email, shippingAddress: address, deliveryMethod: 'standard' };
  expect((await customer.call('PUT', '/cart/checkout', checkout)).status).toBe(200);
  const orderNumber = (await customer.placeOrder()).body.orderNumber;
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');
  const { body } = await customer.call('GET', '/me/export');
  expect(body).toMatchObject({
    account: { id },
    orders: { items: [{ orderNumber, shippingAddress: address }] },
  });

  const currentPassword = customer.password;
  const open = await customer.call('DELETE', '/me', { currentPassword });
  expect(open).toMatchObject({ status: 409, body: { orderNumbers: [orderNumber] } });
  await createMerchant(shop).ship(orderNumber);
  expect((await customer.call('DELETE', '/me', { currentPassword })).status).toBe(204);
  expect((await guest.call('DELETE', '/me')).status).toBe(204);
  await sql('users', 'UPDATE users.users SET forget_after = now() WHERE forget_after IS NOT NULL', []);

  await waitFor(async () => (await sql('users', 'SELECT FROM users.users WHERE id = $1', [id])).length === 0);
  const orders = await sql(
    'orders',
    'SELECT to_jsonb(o)::text AS text FROM orders.orders AS o WHERE customer_id = $1',
    [id],
  );
  expect(orders).toEqual([{ text: expect.not.stringMatching(/hidden/i) }]);
  expect(orders[0].text).not.toContain(customer.email);
  await shop.ledger.quiet();
  expect(await shop.findings()).toEqual([]);
});
