import { type TOTP, URI } from 'otpauth';
import { startFakeOrders } from './support/fake-orders.ts';
import { aCustomer, afterThisTest, anAdmin, aRegistration, type Reply } from './support/harness.ts';
import { type MailHarness, startMailHarness } from './support/mail.ts';

let shop: MailHarness;
beforeEach(async () => {
  const orders = await startFakeOrders();
  shop = await startMailHarness({ environment: { ORDER_SERVICE_URL: orders.url } });
  afterThisTest(shop.stop);
});

type Send = () => Promise<Reply>;

const password = async () => {
  const { registration, token } = await aCustomer(shop);
  return { send: shop.as(token), password: registration.password, registration };
};

const codeOf = (uri: string) => (URI.parse(uri) as TOTP).generate();

async function proposed() {
  const customer = await password();
  const { uri } = (await customer.send('POST', '/me/totp', { password: customer.password })).body;
  return { ...customer, confirm: () => customer.send('POST', '/me/totp/confirm', { code: codeOf(uri) }) };
}

const apiKey = { name: 'Imports', scopes: ['catalog:write'], expiresInDays: 30 };

const changes: [kind: string, status: number, prepare: () => Promise<Send>][] = [
  [
    'api-key-created',
    201,
    async () => {
      const { token } = await anAdmin(shop);
      return () => shop.as(token)('POST', '/api-keys', apiKey);
    },
  ],
  [
    'api-key-removed',
    204,
    async () => {
      const send = shop.as((await anAdmin(shop)).token);
      const { id } = (await send('POST', '/api-keys', apiKey)).body;
      return () => send('DELETE', `/api-keys/${id}`);
    },
  ],
  ['second-factor-added', 200, async () => (await proposed()).confirm],
  [
    'second-factor-removed',
    204,
    async () => {
      const { send, password, confirm } = await proposed();
      await confirm();
      return () => send('DELETE', '/me/totp', { password });
    },
  ],
  [
    'profile-changed',
    200,
    async () => {
      const { send } = await password();
      return () => send('PATCH', '/me', { username: 'Another' });
    },
  ],
  [
    'profile-changed',
    200,
    async () => {
      const { send, password: currentPassword } = await password();
      const { email } = aRegistration();
      return () => send('PATCH', '/me', { email, currentPassword });
    },
  ],
  [
    'password-changed',
    204,
    async () => {
      const { send, password: currentPassword } = await password();
      return () => send('POST', '/password', { currentPassword, newPassword: 'battery staple horse' });
    },
  ],
  [
    'password-reset',
    204,
    async () => {
      const { registration } = await password();
      await shop.post('/password-resets', { email: registration.email });
      const { token } = await shop.tokenTo(registration.email, /password/i);
      return () => shop.post('/password-resets/confirm', { token, newPassword: 'battery staple horse' });
    },
  ],
  [
    'account-erased',
    204,
    async () => {
      const { send, password: currentPassword } = await password();
      return () => send('DELETE', '/me', { currentPassword });
    },
  ],
  [
    'refresh-token-reused',
    401,
    async () => {
      const { refreshToken } = await aCustomer(shop);
      await shop.post('/refresh', { refreshToken });
      await shop.database.sql(`UPDATE refresh_tokens SET used_at = used_at - interval '1 minute'`);
      return () => shop.post('/refresh', { refreshToken });
    },
  ],
];

const tables = ['users', 'sessions', 'api_keys', 'second_factors', 'recovery_codes'];
const everything = () =>
  Promise.all(tables.map((table) => shop.database.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)));
const eventsOf = (kind: string) => shop.database.sql('SELECT FROM audit WHERE kind = $1', [kind]);

it.each(changes)(
  '%s (%d): neither the change nor its audit event is there without the other',
  async (kind, status, prepare) => {
    const send = await prepare();
    const before = await everything();
    await shop.database.sql('ALTER TABLE audit RENAME TO audit_elsewhere');
    expect((await send()).status).toBe(500);
    expect(await everything()).toEqual(before);
    await shop.database.sql('ALTER TABLE audit_elsewhere RENAME TO audit');
    expect(await eventsOf(kind)).toHaveLength(0);
    const logged = () => shop.logged.filter((line) => line.includes(`"audit: ${kind}"`));
    expect(logged()).toHaveLength(0);

    expect((await send()).status).toBe(status);

    expect(await everything()).not.toEqual(before);
    expect(await eventsOf(kind)).toHaveLength(1);
    expect(logged()).toHaveLength(1);
  },
);
