import { waitFor } from '@shop/testing';
import { aCustomer, anAdmin, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ environment: { PURGE_MS: '50', AUDIT_DAYS: '10' } });
});
afterAll(() => shop.stop());

it('keeps audit events for AUDIT_DAYS', async () => {
  const { sql } = shop.database;
  await sql(
    `INSERT INTO audit (at, kind, details)
     SELECT now() - make_interval(days => n, mins => -1), 'day-' || n, '{}' FROM generate_series(1, 2500) AS n`,
  );
  await waitFor(async () => (await sql('SELECT FROM audit WHERE kind LIKE $1', ['day-%'])).length === 10);
});

it('tells of a password that was changed, and of a refresh token that was used twice', async () => {
  const { id, token, refreshToken, registration } = await aCustomer(shop);
  const change = { currentPassword: registration.password, newPassword: 'battery staple horse' };
  expect((await shop.as(token)('POST', '/password', change)).status).toBe(204);
  await shop.post('/refresh', { refreshToken });
  await shop.database.sql(`UPDATE refresh_tokens SET used_at = used_at - interval '1 minute'`);
  expect((await shop.post('/refresh', { refreshToken })).status).toBe(401);
  const admin = await anAdmin(shop);
  const { items } = (await shop.as(admin.token)('GET', `/audit-part?userId=${id}`)).body;
  expect(items).toMatchObject([
    { kind: 'refresh-token-reused', userId: id },
    { kind: 'password-changed', userId: id },
    { kind: 'log-in', userId: id, details: { outcome: 'succeeded' } },
  ]);
});

it('logs a user in also while the event cannot be written, and says so in the log', async () => {
  await shop.database.sql('ALTER TABLE audit RENAME TO audit_elsewhere');
  const { token } = await aCustomer(shop);
  expect(token).toBeDefined();
  expect(shop.logged.some((line) => line.includes('audit events are in the log alone'))).toBe(true);
  await shop.database.sql('ALTER TABLE audit_elsewhere RENAME TO audit');
});
