import { waitFor } from '@shop/testing';
import { aCustomer, aGuest, aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    environment: { REGISTRATIONS_PER_ADDRESS: '1000/1h', LOGINS_PER_ADDRESS: '1000/1h', PURGE_MS: '50' },
  });
});
afterAll(() => shop.stop());

const refresh = (refreshToken: string) => shop.post('/refresh', { refreshToken });
const isOver = { status: 401, body: { code: 'invalid-refresh-token' } };
const isOut = { status: 401, body: { code: 'invalid-token' } };

const sidOf = async (token: string): Promise<string> => (await shop.get('/validate', token)).body.sid;

/** Another log-in of the same user. */
const logInAgain = async (registration: object, headers = {}) =>
  (await shop.post('/login', registration, headers)).body as { token: string; refreshToken: string };

const passSeconds = (sid: string, seconds: number) =>
  shop.database.sql(
    `UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $2) WHERE session_id = $1`,
    [sid, seconds],
  );

describe('POST /refresh', () => {
  it('exchanges a refresh token for an access token of the same session, and for the next one', async () => {
    const { token, refreshToken, registration } = await aCustomer(shop);
    const reply = await refresh(refreshToken);
    expect(reply).toMatchObject({ status: 200, body: { expiresIn: 900 } });
    expect(reply.body.refreshExpiresIn).toBeGreaterThan(30 * 86_400 - 60);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body.refreshToken).not.toBe(refreshToken);
    expect((await shop.get('/validate', reply.body.token)).body).toMatchObject({
      sid: await sidOf(token),
      email: registration.email,
    });
    expect((await refresh(reply.body.refreshToken)).status).toBe(200);
  });

  it('stores and logs no token', async () => {
    const { refreshToken } = await aCustomer(shop);
    const { body } = await refresh(refreshToken);
    const rows = await shop.database.sql(`SELECT encode(hash, 'escape') FROM refresh_tokens`);
    for (const secret of [refreshToken, body.refreshToken])
      expect(JSON.stringify(rows) + shop.logged.join('')).not.toContain(secret);
  });

  it('answers parallel tabs with the same successor', async () => {
    const { refreshToken } = await aCustomer(shop);
    const replies = await Promise.all(Array.from({ length: 8 }, () => refresh(refreshToken)));
    expect(replies.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const successors = new Set(replies.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect((await refresh([...successors][0])).status).toBe(200);
  });

  it('ends the session when a used token is presented later, and logs it', async () => {
    const { token, refreshToken } = await aCustomer(shop);
    const { body } = await refresh(refreshToken);
    const sid = await sidOf(token);
    await passSeconds(sid, 11);
    expect(await refresh(refreshToken)).toMatchObject(isOver);
    expect(await refresh(body.refreshToken)).toMatchObject(isOver);
    expect(await shop.get('/me', body.token)).toMatchObject(isOut);
    expect(
      shop.logged.filter((line) => line.includes('used refresh token') && line.includes(sid)),
    ).toHaveLength(1);
  });

  it('tells what its user is by now', async () => {
    const { refreshToken, id } = await aCustomer(shop);
    await shop.database.sql(`UPDATE users SET role = 'admin' WHERE id = $1`, [id]);
    const { body } = await refresh(refreshToken);
    expect((await shop.get('/validate', body.token)).body.role).toBe('admin');
  });

  it.each([
    ['after so many days without it', `expires_at = now()`],
    ['after so many days in all', `created_at = now() - interval '90 days'`],
  ])('does not go on %s', async (_name, change) => {
    const { token, refreshToken } = await aCustomer(shop);
    await shop.database.sql(`UPDATE sessions SET ${change} WHERE id = $1`, [await sidOf(token)]);
    expect(await refresh(refreshToken)).toMatchObject(isOver);
  });

  it('does not outlive the session', async () => {
    const { token, refreshToken } = await aCustomer(shop);
    await shop.database.sql(`UPDATE sessions SET created_at = now() - interval '89 days' WHERE id = $1`, [
      await sidOf(token),
    ]);
    expect((await refresh(refreshToken)).body.refreshExpiresIn).toBeLessThanOrEqual(86_400);
  });

  it('knows no other token', async () => {
    const { token } = await aCustomer(shop);
    for (const other of ['x', 'A'.repeat(43), token]) expect(await refresh(other)).toMatchObject(isOver);
  });

  it.each([
    [{}],
    [[]],
    [{ refreshToken: null }],
    [{ refreshToken: '' }],
    [{ refreshToken: 'x'.repeat(513) }],
  ])('refuses %j', async (body) => {
    expect(await shop.post('/refresh', body)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed' },
    });
    expect(await shop.post('/logout', body)).toMatchObject({
      status: 400,
      body: { code: 'validation-failed' },
    });
  });
});

describe('POST /logout', () => {
  it('ends the session, by any of its tokens and as often as it is asked', async () => {
    const { token, refreshToken } = await aCustomer(shop);
    const { body } = await refresh(refreshToken);
    for (const known of [refreshToken, body.refreshToken, 'unknown'])
      expect((await shop.post('/logout', { refreshToken: known })).status).toBe(204);
    expect(await refresh(body.refreshToken)).toMatchObject(isOver);
    expect(await shop.get('/me', token)).toMatchObject(isOut);
  });
});

describe('/sessions', () => {
  it('shows where a user is logged in, and to nobody else', async () => {
    const { token, refreshToken, registration } = await aCustomer(shop);
    await aCustomer(shop);
    const phone = await logInAgain(registration, { 'user-agent': `Phone ${'x'.repeat(300)}` });
    await refresh(refreshToken);
    const { status, body } = await shop.get('/sessions', token);
    expect(status).toBe(200);
    expect(body.items).toEqual([
      expect.objectContaining({ id: await sidOf(token), current: true, address: '127.0.0.1' }),
      expect.objectContaining({
        id: await sidOf(phone.token),
        current: false,
        userAgent: `Phone ${'x'.repeat(194)}`,
      }),
    ]);
    expect(body.items[0].lastUsedAt > body.items[0].createdAt).toBe(true);
  });

  it('ends one of them, which its tokens notice at once', async () => {
    const { token, registration } = await aCustomer(shop);
    const phone = await logInAgain(registration);
    const end = async (sid: string) => shop.as(token)('DELETE', `/sessions/${sid}`);
    const sid = await sidOf(phone.token);
    expect((await end(sid)).status).toBe(204);
    expect(await end(sid)).toMatchObject({ status: 404, body: { code: 'session-not-found' } });
    expect(await refresh(phone.refreshToken)).toMatchObject(isOver);
    for (const path of ['/me', '/sessions', '/addresses'])
      expect(await shop.get(path, phone.token)).toMatchObject(isOut);
    expect((await shop.get('/me', token)).status).toBe(200);
  });

  it('does not end that of another', async () => {
    const [own, other] = [await aCustomer(shop), await aCustomer(shop)];
    const path = `/sessions/${await sidOf(other.token)}`;
    expect(await shop.as(own.token)('DELETE', path)).toMatchObject({ status: 404 });
    expect((await shop.get('/me', other.token)).status).toBe(200);
    expect((await shop.as(own.token)('DELETE', '/sessions/1')).status).toBe(400);
  });

  it('ends all others', async () => {
    const { token, registration } = await aCustomer(shop);
    const [phone, stranger] = [await logInAgain(registration), await aCustomer(shop)];
    expect((await shop.as(token)('DELETE', '/sessions')).status).toBe(204);
    expect(await shop.get('/me', phone.token)).toMatchObject(isOut);
    expect((await shop.get('/me', stranger.token)).status).toBe(200);
    expect((await shop.get('/sessions', token)).body.items).toHaveLength(1);
  });

  it('are at most a hundred: the one unused for the longest time ends', async () => {
    const { token, refreshToken, id, registration } = await aCustomer(shop);
    await shop.database.sql(
      `INSERT INTO sessions (user_id, address, expires_at) SELECT $1, '', now() + interval '1 day'
       FROM generate_series(1, 99)`,
      [id],
    );
    await logInAgain(registration);
    expect(await refresh(refreshToken)).toMatchObject(isOver);
    expect(await shop.get('/me', token)).toMatchObject(isOut);
    expect(await shop.database.sql('SELECT FROM sessions WHERE user_id = $1', [id])).toHaveLength(100);
  });

  it('are not for guests', async () => {
    const { token } = await aGuest(shop);
    expect(await shop.get('/sessions', token)).toMatchObject({
      status: 403,
      body: { code: 'account-required' },
    });
  });

  it('are deleted when they are over, and so are tokens that are', async () => {
    const [old, open] = [await aCustomer(shop), await aCustomer(shop)];
    const [oldSid, openSid] = [await sidOf(old.token), await sidOf(open.token)];
    await refresh(open.refreshToken);
    await passSeconds(openSid, 31 * 86_400);
    await shop.database.sql(`UPDATE sessions SET expires_at = now() WHERE id = $1`, [oldSid]);
    const left = (table: string, column: string, sid: string) =>
      shop.database.sql(`SELECT FROM ${table} WHERE ${column} = $1`, [sid]);
    await waitFor(async () => (await left('sessions', 'id', oldSid)).length === 0);
    await waitFor(async () => (await left('refresh_tokens', 'session_id', openSid)).length === 1);
    expect(await left('sessions', 'id', openSid)).toHaveLength(1);
  });
});

describe('POST /password', () => {
  const newPassword = 'battery staple';

  it('changes it, and ends the other sessions', async () => {
    const { token, refreshToken, registration } = await aCustomer(shop);
    const phone = await logInAgain(registration);
    const body = { currentPassword: registration.password, newPassword };
    expect((await shop.as(token)('POST', '/password', body)).status).toBe(204);
    expect((await shop.post('/login', registration)).status).toBe(401);
    expect((await shop.post('/login', { ...registration, password: newPassword })).status).toBe(200);
    expect(await refresh(phone.refreshToken)).toMatchObject(isOver);
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('of several at once changes it once', async () => {
    const { token, registration } = await aCustomer(shop);
    const change = (password: string) =>
      shop.as(token)('POST', '/password', { currentPassword: registration.password, newPassword: password });
    const replies = await Promise.all([change('battery staple 1'), change('battery staple 2')]);
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 401]);
  });

  it('counts wrong passwords by the session, then as those of a log-in', async () => {
    const few = await startHarness({ environment: { WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: '2/1h' } });
    try {
      const { token, registration } = await aCustomer(few);
      const change = (currentPassword: string) =>
        few.as(token)('POST', '/password', { currentPassword, newPassword });
      const wrong = { status: 401, body: { code: 'invalid-credentials' } };
      for (const _ of [1, 2, 3, 4]) expect(await change('wrong horse')).toMatchObject(wrong);
      expect((await change(registration.password)).status).toBe(429);
      expect((await few.post('/login', registration)).status).toBe(429);
    } finally {
      await few.stop();
    }
  });

  it.each([
    [{}, ['currentPassword', 'newPassword']],
    [{ currentPassword: 'x', newPassword: 'short' }, ['newPassword']],
    [{ currentPassword: 'x', newPassword: 'PASSWORD1234' }, ['newPassword']],
    [{ currentPassword: 'x', newPassword, password: 'x' }, ['password']],
  ])('refuses %j', async (body, fields) => {
    const { token } = await aCustomer(shop);
    const reply = await shop.as(token)('POST', '/password', body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it('refuses the email as the new one', async () => {
    const { token, registration } = await aCustomer(shop);
    const body = { currentPassword: registration.password, newPassword: registration.email.toUpperCase() };
    expect(await shop.as(token)('POST', '/password', body)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'newPassword', message: expect.stringContaining('must not be the email') }] },
    });
  });

  it('is for users with an account only', async () => {
    const { token } = await aGuest(shop);
    const reply = await shop.as(token)('POST', '/password', { currentPassword: 'x', newPassword });
    expect(reply).toMatchObject({ status: 403, body: { code: 'account-required' } });
  });
});

it('a log-in whose password was changed meanwhile opens no session', async () => {
  const registration = aRegistration();
  let changeMeanwhile = async () => {};
  const other = await startHarness({
    passwords: {
      waiting: () => 0,
      raiseCost: () => {},
      hash: async (password) => password,
      compare: async (password, stored) => {
        await changeMeanwhile();
        return password === stored ? 'right' : 'wrong';
      },
      matches: async (password, stored) => password === stored,
      refuseWaiting: () => {},
      close: async () => {},
    },
  });
  try {
    const { user } = (await other.post('/register', registration)).body;
    changeMeanwhile = async () => {
      await other.database.sql(`UPDATE users SET password_hash = 'another' WHERE id = $1`, [user.id]);
    };
    expect(await other.post('/login', registration)).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials' },
    });
    expect(await other.database.sql('SELECT FROM sessions')).toEqual([]);
  } finally {
    await other.stop();
  }
});
