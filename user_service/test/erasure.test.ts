import { waitFor } from '@shop/testing';
import { startFakeOrders } from './support/fake-orders.ts';
import { aCustomer, afterThisTest, aGuest, aRegistration } from './support/harness.ts';
import { type MailHarness, startMailHarness } from './support/mail.ts';

let shop: MailHarness;
let orders: Awaited<ReturnType<typeof startFakeOrders>>;
beforeEach(async () => {
  orders = await startFakeOrders();
  shop = await startMailHarness({ environment: { PURGE_MS: '40', ORDER_SERVICE_URL: orders.url } });
  afterThisTest(shop.stop);
});

const erase = (token: string, currentPassword?: string) =>
  shop.as(token)('DELETE', '/me', { currentPassword });
const userOf = async (id: number) => (await shop.database.sql('SELECT * FROM users WHERE id = $1', [id]))[0];
/** As if all tokens had expired. */
const letTimePass = () =>
  shop.database.sql('UPDATE users SET forget_after = now() WHERE forget_after IS NOT NULL');
const address = { name: 'Ada', address: { line1: 'Main St 1', country: 'US' } };

it('a deleted account leaves nothing here, order_service forgets who it was, and a mail says so', async () => {
  const [gone, other] = [await aCustomer(shop), await aCustomer(shop)];
  const { email, username, password } = gone.registration;
  await shop.as(gone.token)('POST', '/addresses', address);
  await shop.tokenTo(email, /Confirm/);

  expect((await erase(gone.token, password)).status).toBe(204);

  expect((await shop.get('/me', gone.token)).status).toBe(401);
  expect((await shop.post('/refresh', { refreshToken: gone.refreshToken })).status).toBe(401);
  expect((await shop.post('/login', gone.registration)).status).toBe(401);
  for (const table of ['users', 'sessions', 'addresses', 'mail_tokens']) {
    const rows = JSON.stringify(await shop.database.sql(`SELECT * FROM ${table}`));
    for (const text of [email, username, 'Main St']) expect(rows).not.toContain(text);
  }
  await shop.mailTo(email, /account was deleted/);
  // As long as a token may be valid elsewhere the orders are not forgotten.
  expect(orders.asked).toEqual([]);
  await letTimePass();
  await waitFor(async () => (await userOf(gone.id)) === undefined);
  expect(orders.asked).toEqual([[gone.id]]);
  expect((await shop.get('/me', other.token)).status).toBe(200);
  expect((await shop.post('/register', gone.registration)).status).toBe(201);
  expect(shop.logged.join('')).not.toContain(email);
});

it('an account with an open order is not deleted, and says which', async () => {
  const { token, id, registration } = await aCustomer(shop);
  orders.open.set(id, ['3F9A1C7700B2D4E65A81']);
  expect(await erase(token, registration.password)).toMatchObject({
    status: 409,
    body: { code: 'orders-open', orderNumbers: ['3F9A1C7700B2D4E65A81'] },
  });
  expect((await shop.get('/me', token)).body).toMatchObject({ email: registration.email });
});

it('an account whose user orders once more before all tokens have expired waits for that order', async () => {
  const { token, id, registration } = await aCustomer(shop);
  await erase(token, registration.password);
  orders.open.set(id, ['3F9A1C7700B2D4E65A81']);
  await letTimePass();
  await waitFor(() => orders.asked.length > 0);
  await waitFor(
    async () => (await shop.database.sql('SELECT FROM users WHERE forget_after > now()')).length === 1,
  );
  orders.open.clear();
  await letTimePass();
  await waitFor(async () => (await userOf(id)) === undefined);
});

it('a deleted account stays to be forgotten while order_service does not answer', async () => {
  const { token, id, registration } = await aCustomer(shop);
  await erase(token, registration.password);
  orders.reply = { status: 503, body: {} };
  await letTimePass();
  await waitFor(() => shop.logged.some((line) => line.includes('whom it has forgotten')));
  expect(await userOf(id)).toMatchObject({ email: null });
  orders.reply = undefined;
  await waitFor(async () => (await userOf(id)) === undefined, { timeoutMs: 20_000 });
}, 30_000);

it('nothing is deleted with a wrong password, without one, or while the orders cannot be asked for', async () => {
  const { token, registration } = await aCustomer(shop);
  expect(await erase(token, 'wrong horse')).toMatchObject({
    status: 401,
    body: { code: 'invalid-credentials' },
  });
  expect(await erase(token)).toMatchObject({ status: 400, body: { errors: [{ field: 'currentPassword' }] } });
  orders.reply = { status: 500, body: {} };
  const unavailable = { status: 503, body: { code: 'order-service-unavailable' } };
  expect(await erase(token, registration.password)).toMatchObject(unavailable);
  expect(await shop.get('/me/export', token)).toMatchObject(unavailable);
  expect((await shop.get('/me', token)).status).toBe(200);
});

it('a guest is deleted without a password, and cannot register afterwards', async () => {
  const guest = await aGuest(shop);
  expect((await shop.as(guest.token)('DELETE', '/me')).status).toBe(204);
  expect((await shop.get('/me', guest.token)).status).toBe(401);
  expect(await shop.post('/register', aRegistration(), guest.headers)).toMatchObject({
    status: 409,
    body: { code: 'guest-registered' },
  });
  await letTimePass();
  await waitFor(async () => (await userOf(guest.id)) === undefined);
});

it('the token of the guest that an account was does not come to life by its deletion', async () => {
  const guest = await aGuest(shop);
  const registration = aRegistration();
  await shop.post('/register', registration, guest.headers);
  const { token } = (await shop.post('/login', registration)).body;
  expect((await erase(token, registration.password)).status).toBe(204);
  expect((await shop.get('/me', guest.token)).status).toBe(401);
});

it('an account can be deleted once', async () => {
  const { token, registration } = await aCustomer(shop);
  const replies = await Promise.all([1, 2, 3].map(() => erase(token, registration.password)));
  expect(replies.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
});

it('an export has the account, its addresses, its sessions and all orders', async () => {
  const { token, registration } = await aCustomer(shop);
  await shop.as(token)('POST', '/addresses', address);
  orders.pages = [[{ orderNumber: 'A' }, { orderNumber: 'B' }], [{ orderNumber: 'C' }]];
  const reply = await shop.get('/me/export', token);
  expect(reply.headers.get('content-disposition')).toBe('attachment; filename=account.json');
  expect(reply.body).toMatchObject({
    account: { email: registration.email, username: registration.username },
    addresses: [address],
    sessions: [{ address: '127.0.0.1' }],
    orders: { items: [{ orderNumber: 'A' }, { orderNumber: 'B' }, { orderNumber: 'C' }], nextCursor: null },
  });
  expect(orders.tokens).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  expect(JSON.stringify(reply.body)).not.toMatch(/password|hash/i);
});

it('the metrics tell for how long an account and an old guest have waited to be forgotten, put off or not', async () => {
  const { token, id, registration } = await aCustomer(shop);
  const guest = await aGuest(shop);
  const { sql } = shop.database;
  const waits = async () => {
    const metrics = await shop.metrics();
    return ['account', 'guest'].map((kind) =>
      Number(new RegExp(`^erasures_oldest_age_seconds\\{kind="${kind}",.*\\} (.*)$`, 'm').exec(metrics)?.[1]),
    );
  };
  const hours = async () => (await waits()).map((seconds) => Math.floor(seconds / 3_600));
  expect(await waits()).toEqual([0, 0]);
  orders.reply = { status: 503, body: {} };
  await sql(`UPDATE users SET created_at = now() - interval '31 days' WHERE id = $1`, [guest.id]);
  expect(await hours()).toEqual([0, 23]);
  orders.reply = undefined;
  await waitFor(async () => (await userOf(guest.id)) === undefined, { timeoutMs: 20_000 });

  await erase(token, registration.password);
  orders.open.set(id, ['3F9A1C7700B2D4E65A81']);
  await sql(`UPDATE users SET erased_at = now() - interval '2 hours' WHERE id = $1`, [id]);
  await letTimePass();
  await waitFor(async () => {
    const later = 'SELECT FROM users WHERE id = $1 AND forget_after > now()';
    return (await sql(later, [id])).length === 1;
  });
  expect(await hours()).toEqual([2, 0]);
}, 30_000);
