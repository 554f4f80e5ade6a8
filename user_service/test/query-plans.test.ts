import { tablesScanned, waitFor } from '@shop/testing';
import { type TOTP, URI } from 'otpauth';
import { createUserService } from 'user_service';
import { aCustomer, aGuest, anAdmin, aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  // Nobody has to answer: an old guest is found, and asked about.
  const mail = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'a@m.test', STOREFRONT_URL: 'http://m.test' };
  shop = await startHarness({
    environment: {
      PURGE_MS: '50',
      MAIL_MS: '50',
      ORDER_SERVICE_URL: 'http://127.0.0.1:1',
      WRONG_PASSWORDS_PER_ACCOUNT: '1/1h',
      ...mail,
    },
  });
});
afterAll(() => shop.stop());

it('never goes through a whole table, whatever is asked of a shop with many users', async () => {
  const { sql } = shop.database;
  await sql(
    `WITH guest AS (
       INSERT INTO users (role, created_at, has_orders) SELECT 'guest', now() - interval '90 days', true
       FROM generate_series(1, 10000)
     ), visitor AS (
       INSERT INTO users (role, guest_days) SELECT 'guest', 30 FROM generate_series(1, 10000) RETURNING id
     ), customer AS (
       INSERT INTO users (username, email, canonical_email, password_hash)
       SELECT 'Old', 'old' || n || '@shop.test', 'old' || n || '@shop.test', '' FROM generate_series(1, 10000) AS n
       RETURNING id
     ), event AS (
       INSERT INTO audit (at, kind, user_id, details)
       SELECT now() - make_interval(mins => n), 'old-' || chr(97 + n % 26), n / 100, '{}' FROM generate_series(1, 20000) AS n
     ), session AS (
       INSERT INTO sessions (user_id, address, expires_at) SELECT id, '', now() + interval '1 day'
       FROM customer, generate_series(1, 2) RETURNING id
     ), token AS (
       INSERT INTO refresh_tokens (hash, session_id, used_at) SELECT sha256(id::text::bytea), id, now() FROM session
     ), mail AS (
       INSERT INTO mails (kind, user_id, sent_at, next_try_at) SELECT 'password-changed', id, now(), NULL
       FROM customer, generate_series(1, 2)
     ), link AS (
       INSERT INTO mail_tokens (hash, purpose, user_id, compared_email, expires_at)
       SELECT sha256(('link' || id || n)::bytea), 'email-verification', id, '', now() + interval '1 day'
       FROM customer, generate_series(1, 2) AS n
     ), factor AS (
       INSERT INTO second_factors (user_id, secret, key_id) SELECT id, ''::bytea, 'old' FROM customer
       UNION ALL SELECT id, ''::bytea, 'old' FROM visitor RETURNING user_id
     ), code AS (
       INSERT INTO recovery_codes (user_id, hash) SELECT user_id, sha256(user_id::text::bytea) FROM factor
     ), address AS (
       INSERT INTO addresses (user_id, name, address, is_default)
       SELECT id, 'Old', '{"line1":"Main St 1","country":"US"}', n = 1 FROM customer, generate_series(1, 2) AS n
     )
     INSERT INTO rate_limits (key, points, expire)
     SELECT 'key-' || n, 1, (extract(epoch FROM now()) * 1000)::bigint + 3600000 FROM generate_series(1, 20000) AS n`,
  );
  await sql('CREATE TABLE witness AS SELECT generate_series(1, 20000)');
  await sql('ANALYZE');

  const scanned = await tablesScanned({ sql, witness: 'witness', manyRows: 15_000 }, work);

  expect(scanned).toEqual(['witness']);
}, 60_000);

async function work() {
  const serviceSecrets = ['the secret of next year that is as long', ...shop.config.serviceSecrets];
  const second = createUserService({ ...shop.config, serviceSecrets }, { logger: shop.logger });
  await second.start().finally(second.stop);
  const { token, refreshToken, registration } = await aCustomer(shop);
  const send = shop.as(token);
  for (const _ of [1, 2]) expect((await shop.post('/refresh', { refreshToken })).status).toBe(200);
  const { body } = await shop.post('/login', registration);
  const guess = () => shop.post('/login', { ...aRegistration(), email: 'nobody@shop.test' });
  for (const _ of [1, 2]) await guess();
  expect((await guess()).status).toBe(429);
  expect((await send('GET', '/sessions')).body.items).toHaveLength(2);
  expect((await shop.post('/logout', { refreshToken: body.refreshToken })).status).toBe(204);
  expect((await send('DELETE', '/sessions/0c7f1b5e-5d0c-4a57-9d6b-0f6f3f3d2b11')).status).toBe(404);
  expect((await send('DELETE', '/sessions')).status).toBe(204);
  const passwords = { currentPassword: registration.password, newPassword: 'battery staple' };
  expect((await send('POST', '/password', passwords)).status).toBe(204);
  await send('GET', '/me');
  const password = { password: passwords.newPassword };
  const { uri } = (await send('POST', '/me/totp', password)).body;
  const code = (URI.parse(uri) as TOTP).generate();
  const { recoveryCodes } = (await send('POST', '/me/totp/confirm', { code })).body;
  await send('GET', '/me/totp');
  for (const proof of [{ totp: code }, { recoveryCode: recoveryCodes[0] }])
    await shop.post('/login', { ...registration, ...password, ...proof });
  expect((await send('DELETE', '/me/totp', password)).status).toBe(204);
  const change = { email: aRegistration().email, currentPassword: passwords.newPassword };
  expect((await send('PATCH', '/me', change)).status).toBe(200);
  expect((await send('POST', '/email-verifications')).status).toBe(202);
  expect((await shop.post('/password-resets', { email: change.email })).status).toBe(202);
  const link = { token: 'a token of nobody' };
  for (const [path, body] of [
    ['/password-resets/confirm', { ...link, newPassword: passwords.newPassword }],
    ['/email-verifications/confirm', link],
  ] as const)
    expect((await shop.post(path, body)).status).toBe(409);
  await waitFor(() => shop.logged.some((line) => line.includes('could not be sent')));
  await shop.metrics();
  const address = { name: 'Ada', address: { line1: 'Main St 1', country: 'US' } };
  for (const isDefault of [false, true]) await send('POST', '/addresses', { ...address, isDefault });
  const [, { id }] = (await send('GET', '/addresses')).body.items;
  await send('GET', `/addresses/${id}`);
  expect((await send('PUT', `/addresses/${id}`, { ...address, isDefault: true })).status).toBe(200);
  expect((await send('DELETE', `/addresses/${id}`)).status).toBe(204);
  await listAuditEvents();
  const guest = await aGuest(shop);
  await shop.database.sql(`UPDATE users SET created_at = now() - interval '31 days' WHERE id = $1`, [
    guest.id,
  ]);
  await waitFor(() => shop.logged.some((line) => line.includes('whom it has forgotten')));
}

async function listAuditEvents() {
  const admin = await anAdmin(shop);
  const cursor = Buffer.from('2026-01-31T10:00:00.000000Z 0c7f1b5e-5d0c-4a57-9d6b-0f6f3f3d2b11');
  for (const query of [
    '',
    'userId=7',
    'kind=log-in',
    'kind=log-in&userId=7',
    'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z',
    `cursor=${cursor.toString('base64url')}`,
  ]) {
    expect((await shop.as(admin.token)('GET', `/audit-part?limit=5&${query}`)).status).toBe(200);
  }
}
