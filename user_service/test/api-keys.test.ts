import { createPeerToken } from '@shop/service-kit';
import { aCustomer, type Harness, serviceSecret, startHarness } from './support/harness.ts';

let shop: Harness;
let admin: Awaited<ReturnType<typeof anAdministrator>>;
beforeAll(async () => {
  shop = await startHarness();
  admin = await anAdministrator();
});
afterAll(() => shop.stop());

async function anAdministrator() {
  const { id, registration } = await aCustomer(shop);
  await shop.database.sql(`UPDATE users SET role = 'admin' WHERE id = $1`, [id]);
  const { token } = (await shop.post('/login', registration)).body;
  return { id, call: shop.as(token) };
}

const request = { name: 'Warehouse', scopes: ['orders:read', 'orders:write'] };
const create = async (body: object = request) => (await admin.call('POST', '/api-keys', body)).body;
const exchange = (key: string) => shop.post('/api-keys/token', '', { authorization: `Bearer ${key}` });
const refused = { status: 401, body: { code: 'invalid-token' } };

const isCurrent = async (id: number, sid: string, role = 'admin') => {
  const peer = createPeerToken([serviceSecret], 'order_service', 'user_service');
  const query = new URLSearchParams({ role, sid });
  return (await shop.get(`/users/${id}/standing?${query}`, peer)).body.current;
};

it('an API key is shown once, and stored as its hash', async () => {
  const made = await create();
  expect(made).toMatchObject({ ...request, userId: admin.id, lastUsedAt: null });
  expect(made.key).toMatch(/^shop_key_[\w-]{43}$/);
  const days = (Date.parse(made.expiresAt) - Date.parse(made.createdAt)) / 86_400_000;
  expect(days).toBe(90);
  const { key, ...shown } = made;
  expect((await admin.call('GET', '/api-keys')).body.items).toContainEqual(shown);
  const rows = JSON.stringify(await shop.database.sql('SELECT api_keys::text FROM api_keys'));
  expect(rows).not.toContain(key.slice('shop_key_'.length));
  expect(shop.logged.join('')).not.toContain(key);
});

it('an API key is exchanged for a token that says what it may do, and is no person of a role', async () => {
  const { id, key } = await create({ ...request, scopes: ['orders:read', 'catalog:write', 'orders:read'] });
  const { status, headers, body } = await exchange(key);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toMatchObject({ expiresIn: 900, scope: 'orders:read catalog:write' });
  const claims = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
  expect(claims).toMatchObject({ id: admin.id, role: 'api-key', scope: body.scope, sid: id, email: null });
  const { items } = (await admin.call('GET', '/api-keys')).body;
  expect(items.find((item: { id: string }) => item.id === id).lastUsedAt).toEqual(expect.any(String));
});

it('the token of an API key opens nothing that is a person’s, and makes no other key', async () => {
  const { token } = (await exchange((await create()).key)).body;
  for (const [method, path] of [
    ['GET', '/me'],
    ['DELETE', '/me'],
    ['GET', '/me/export'],
    ['GET', '/addresses'],
    ['GET', '/sessions'],
    ['POST', '/password'],
    ['POST', '/email-verifications'],
    ['GET', '/api-keys'],
    ['POST', '/api-keys'],
  ] as const) {
    const reply = await shop.as(token)(method, path, method === 'GET' ? undefined : request);
    expect([path, reply.status, reply.body.code]).toEqual([path, 403, 'scope-missing']);
  }
});

it('an API key that is revoked opens nothing, and its tokens are not current', async () => {
  const { id, key } = await create();
  expect(await isCurrent(admin.id, id)).toBe(true);
  expect((await admin.call('DELETE', `/api-keys/${id}`)).status).toBe(204);
  expect(await exchange(key)).toMatchObject(refused);
  expect(await isCurrent(admin.id, id)).toBe(false);
  expect(await admin.call('DELETE', `/api-keys/${id}`)).toMatchObject({
    status: 404,
    body: { code: 'api-key-not-found' },
  });
});

it.each([
  ['has expired', 'UPDATE api_keys SET expires_at = now() WHERE id = $1'],
  [
    'was made by a user who is no administrator any more',
    `UPDATE users SET role = 'customer' WHERE id =
     (SELECT user_id FROM api_keys WHERE id = $1)`,
  ],
])('an API key opens nothing that %s', async (_why, change) => {
  const other = await anAdministrator();
  const { id, key } = (await other.call('POST', '/api-keys', request)).body;
  expect((await exchange(key)).status).toBe(200);
  await shop.database.sql(change, [id]);
  expect(await exchange(key)).toMatchObject(refused);
  expect(await isCurrent(other.id, id)).toBe(false);
});

it.each(['', 'shop_key_', 'shop_key_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'])(
  'a key that was never made opens nothing: %j',
  async (key) => {
    const { status, body } = await exchange(key);
    expect([status, body.code]).toEqual([401, key === '' ? 'token-missing' : 'invalid-token']);
  },
);

it('API keys are for administrators, and there are 100 at most', async () => {
  const { token } = await aCustomer(shop);
  for (const [method, path] of [
    ['GET', '/api-keys'],
    ['POST', '/api-keys'],
    ['DELETE', '/api-keys/0c7f1b5e-5d0c-4a57-9d6b-0f6f3f3d2b11'],
  ] as const)
    expect(await shop.as(token)(method, path)).toMatchObject({ status: 403, body: { code: 'admin-only' } });
  await shop.database.sql(
    `INSERT INTO api_keys (hash, user_id, name, scopes, expires_at)
     SELECT sha256(n::text::bytea), $1, 'Old', '{orders:read}', now() + interval '1 day'
     FROM generate_series((SELECT count(*) FROM api_keys) + 1, 99) AS n`,
    [admin.id],
  );
  const replies = await Promise.all([1, 2, 3].map(() => admin.call('POST', '/api-keys', request)));
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
});

it.each([
  ['nothing', {}, ['body', 'body']],
  ['a name of spaces', { ...request, name: ' ' }, ['name']],
  ['no scopes', { ...request, scopes: [] }, ['scopes']],
  ['a scope that there is not', { ...request, scopes: ['admin'] }, ['scopes.0']],
  ['a day that never comes', { ...request, expiresInDays: 366 }, ['expiresInDays']],
  ['a user', { ...request, userId: 1 }, ['userId']],
])('an API key of %s is refused', async (_name, body, fields) => {
  const reply = await admin.call('POST', '/api-keys', body);
  expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  expect(reply.body.errors).toHaveLength(fields.length);
});
