import { TOTP, URI } from 'otpauth';
import { createUserService, readConfig } from 'user_service';
import {
  aCustomer,
  afterThisTest,
  aGuest,
  anAdmin,
  environmentFor,
  type Harness,
  serviceSecret,
  startHarness,
} from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    environment: {
      LOGINS_PER_ADDRESS: '1000/1h',
      REGISTRATIONS_PER_ADDRESS: '1000/1h',
      WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: '3/1h',
    },
  });
});
afterAll(() => shop.stop());

/** The code of so many steps of 30 seconds from now. */
const codeAt = (uri: string, steps = 0) =>
  (URI.parse(uri) as TOTP).generate({ timestamp: Date.now() + steps * 30_000 });
const wrongCode = (uri: string) => {
  const right = [-2, -1, 0, 1, 2].map((steps) => codeAt(uri, steps));
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code)) ?? ''
  );
};

/** A customer whose log-in needs a code. */
async function aCareful() {
  const customer = await aCustomer(shop);
  const send = shop.as(customer.token);
  const { password } = customer.registration;
  const proposed = await send('POST', '/me/totp', { password });
  expect(proposed.status).toBe(201);
  const uri = proposed.body.uri as string;
  const usedCode = codeAt(uri, -1);
  const confirmed = await send('POST', '/me/totp/confirm', { code: usedCode });
  expect(confirmed.status).toBe(200);
  const recoveryCodes = confirmed.body.recoveryCodes as string[];
  const logIn = (more: object = {}) => shop.post('/login', { ...customer.registration, ...more });
  return { ...customer, send, password, uri, usedCode, recoveryCodes, logIn };
}

const required = { status: 401, body: { code: 'second-factor-required' } };
const invalid = { status: 401, body: { code: 'invalid-second-factor' } };

describe('a second factor', () => {
  it('is a secret for an authenticator app that changes nothing before a code confirms it', async () => {
    const { token, registration } = await aCustomer(shop);
    const send = shop.as(token);
    const { body, headers } = await send('POST', '/me/totp', { password: registration.password });
    expect(body).toEqual({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/), uri: expect.any(String) });
    expect(headers.get('cache-control')).toBe('no-store');
    const email = encodeURIComponent(registration.email);
    expect(body.uri).toBe(
      `otpauth://totp/shop:${email}?issuer=shop&secret=${body.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await shop.post('/login', registration)).status).toBe(200);
    expect((await send('GET', '/me/totp')).body).toEqual({ enabled: false, recoveryCodesLeft: 0 });
    expect(await send('POST', '/me/totp/confirm', { code: wrongCode(body.uri) })).toMatchObject(invalid);
    const again = await send('POST', '/me/totp', { password: registration.password });
    expect(again.body.secret).not.toBe(body.secret);
    expect((await send('POST', '/me/totp/confirm', { code: codeAt(again.body.uri) })).status).toBe(200);
    expect((await send('GET', '/me/totp')).body).toEqual({ enabled: true, recoveryCodesLeft: 10 });
    expect(await send('POST', '/me/totp', { password: registration.password })).toMatchObject({
      status: 409,
      body: { code: 'second-factor-exists' },
    });
  });

  it('is asked for at the log-in, after the right password only', async () => {
    const { logIn, uri, registration } = await aCareful();
    expect(await logIn()).toMatchObject(required);
    expect(await logIn({ password: 'wrong horse' })).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials' },
    });
    expect(await logIn({ totp: codeAt(uri, 3) })).toMatchObject(invalid);
    const reply = await logIn({ totp: codeAt(uri) });
    expect(reply).toMatchObject({ status: 200, body: { deviceToken: expect.any(String) } });
    expect((await shop.get('/me', reply.body.token)).body.email).toBe(registration.email);
  });

  it('takes each code once, also of two log-ins at the same moment, and none that is older', async () => {
    const { logIn, uri, usedCode } = await aCareful();
    expect(await logIn({ totp: usedCode })).toMatchObject(invalid);
    const totp = codeAt(uri);
    const replies = await Promise.all([logIn({ totp }), logIn({ totp })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await logIn({ totp: codeAt(uri, 1) })).status).toBe(200);
  });

  it('is replaced by a recovery code, each once, however it is typed', async () => {
    const { logIn, recoveryCodes, send } = await aCareful();
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = '', second = ''] = recoveryCodes;
    expect(first).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect((await logIn({ recoveryCode: first })).status).toBe(200);
    expect(await logIn({ recoveryCode: first })).toMatchObject(invalid);
    expect((await logIn({ recoveryCode: ` ${second.toLowerCase().replaceAll('-', ' ')}` })).status).toBe(200);
    expect((await send('GET', '/me/totp')).body).toEqual({ enabled: true, recoveryCodesLeft: 8 });
    expect(shop.logged.join('')).toContain('a recovery code was used');
  });

  it('is guessed as slowly as a password', async () => {
    const { logIn, uri } = await aCareful();
    for (const _ of [1, 2, 3]) expect(await logIn({ totp: wrongCode(uri) })).toMatchObject(invalid);
    expect((await logIn({ totp: codeAt(uri) })).status).toBe(429);
  });

  it('ends the sessions that began without it, but for the one that set it up', async () => {
    const customer = await aCustomer(shop);
    const other = (await shop.post('/login', customer.registration)).body;
    const send = shop.as(customer.token);
    const { body } = await send('POST', '/me/totp', { password: customer.registration.password });
    await send('POST', '/me/totp/confirm', { code: codeAt(body.uri) });
    expect((await shop.get('/me', other.token)).status).toBe(401);
    expect((await shop.get('/me', customer.token)).status).toBe(200);
    expect((await shop.post('/refresh', { refreshToken: customer.refreshToken })).status).toBe(200);
  });

  it('is removed by the password', async () => {
    const { send, logIn, password } = await aCareful();
    expect(await send('DELETE', '/me/totp', { password: 'wrong horse' })).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials' },
    });
    expect(await logIn()).toMatchObject(required);
    expect((await send('DELETE', '/me/totp', { password })).status).toBe(204);
    expect((await logIn()).status).toBe(200);
    expect((await send('DELETE', '/me/totp', { password })).status).toBe(404);
  });

  it('is stored so that the database alone does not give it, and is never logged', async () => {
    const { uri, recoveryCodes, id } = await aCareful();
    const { secret } = URI.parse(uri) as TOTP;
    const [row] = await shop.database.sql<{ secret: Buffer }>(
      'SELECT secret FROM second_factors WHERE user_id = $1',
      [id],
    );
    expect(row?.secret.includes(Buffer.from(secret.bytes))).toBe(false);
    const log = shop.logged.join('');
    for (const hidden of [secret.base32, ...recoveryCodes]) expect(log).not.toContain(hidden);
  });

  it('survives a change of SERVICE_SECRETS, once an instance has started with both', async () => {
    const { uri, registration } = await aCareful();
    const next = 'the secret of next year that is as long';
    const withSecrets = async (SERVICE_SECRETS: string) => {
      const config = readConfig({ ...environmentFor(shop.database.url), SERVICE_SECRETS });
      const service = createUserService(config, { logger: shop.logger });
      const { port } = await service.start();
      const logIn = async (totp: string) => {
        const init = {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...registration, totp }),
        };
        return (await fetch(`http://127.0.0.1:${port}/login`, init)).status;
      };
      return { logIn, stop: service.stop };
    };
    const both = await withSecrets(`${next},${serviceSecret}`);
    await both.stop();
    const later = await withSecrets(next);
    expect(await later.logIn(codeAt(uri))).toBe(200);
    await later.stop();
    const back = await withSecrets(`${serviceSecret},${next}`);
    await back.stop();
  });

  it.each([
    ['POST', '/me/totp', {}, ['password']],
    ['POST', '/me/totp', { password: 'x', code: '1' }, ['code']],
    ['DELETE', '/me/totp', {}, ['password']],
    ['POST', '/me/totp/confirm', {}, ['code']],
    ['POST', '/me/totp/confirm', { code: 123_456 }, ['code']],
    ['POST', '/me/totp/confirm', { code: '12345' }, ['code']],
  ])('refuses %s %s of %j', async (method, path, body, fields) => {
    const { token } = await aCustomer(shop);
    const reply = await shop.as(token)(method, path, body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it.each([
    [{ totp: 123_456 }],
    [{ totp: '12345a' }],
    [{ recoveryCode: null }],
    [{ recoveryCode: 'x'.repeat(65) }],
  ])('refuses a log-in with %j', async (proof) => {
    const { registration } = await aCustomer(shop);
    const reply = await shop.post('/login', { ...registration, ...proof });
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: Object.keys(proof)[0] }] } });
  });

  it('is nothing to confirm when none was proposed, and nothing for guests', async () => {
    const { token } = await aCustomer(shop);
    const confirm = await shop.as(token)('POST', '/me/totp/confirm', { code: '123456' });
    expect(confirm).toMatchObject({ status: 404, body: { code: 'second-factor-not-found' } });
    const guest = await aGuest(shop);
    expect((await shop.get('/me/totp', guest.token)).body.code).toBe('account-required');
  });
});

it('of administrators who need a second factor those without are customers, and their API keys open nothing', async () => {
  const strict = await startHarness({ environment: { ADMIN_SECOND_FACTOR: 'true' } });
  afterThisTest(strict.stop);
  const { token, registration } = await anAdmin(strict);
  const send = strict.as(token);
  const { password } = registration;
  const isAdmin = async (bearer: string) => {
    const role = (await strict.get('/me', bearer)).body.role;
    expect((await strict.get('/api-keys', bearer)).status).toBe(role === 'admin' ? 200 : 403);
    return role === 'admin';
  };
  expect(await isAdmin(token)).toBe(false);

  const { uri } = (await send('POST', '/me/totp', { password })).body;
  expect(await isAdmin(token)).toBe(false);
  expect((await send('POST', '/me/totp/confirm', { code: codeAt(uri, -1) })).status).toBe(200);
  expect((await strict.get('/me', token)).status).toBe(401);
  const { body } = await strict.post('/login', { ...registration, totp: codeAt(uri) });
  expect(await isAdmin(body.token)).toBe(true);
  const scopes = ['orders:read'];
  const { key } = (await strict.as(body.token)('POST', '/api-keys', { name: 'Reports', scopes })).body;
  const exchange = () => strict.as(key)('POST', '/api-keys/token');
  expect((await exchange()).status).toBe(200);

  expect((await strict.as(body.token)('DELETE', '/me/totp', { password })).status).toBe(204);
  expect((await strict.get('/me', body.token)).status).toBe(401);
  const refreshed = await strict.post('/refresh', { refreshToken: body.refreshToken });
  expect(await isAdmin(refreshed.body.token)).toBe(false);
  expect((await exchange()).status).toBe(401);
});
