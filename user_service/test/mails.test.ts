import { waitFor } from '@shop/testing';
import { aCustomer, aGuest, aRegistration, startHarness } from './support/harness.ts';
import { type MailHarness, startMailHarness } from './support/mail.ts';

let shop: MailHarness;
beforeAll(async () => {
  shop = await startMailHarness();
});
afterEach(() => shop.server.refuse(undefined));
afterAll(() => shop.stop());

const newPassword = 'battery staple 7';
const me = async (token: string) => (await shop.get('/me', token)).body;
const requestReset = (email: string) => shop.post('/password-resets', { email });
const confirmReset = (token: string, password = newPassword) =>
  shop.post('/password-resets/confirm', { token, newPassword: password });
const verify = (token: string) => shop.post('/email-verifications/confirm', { token });
const expired = { status: 409, body: { code: 'link-expired' } };

describe('an email', () => {
  it('is verified by the link of the mail that a new account gets, as often as it is opened', async () => {
    const { token: access, registration } = await aCustomer(shop);
    expect(await me(access)).toMatchObject({ emailVerified: false });
    const { page, token } = await shop.tokenTo(registration.email, /Confirm/);
    expect(page).toBe('verify-email');
    for (const _ of [1, 2]) expect((await verify(token)).status).toBe(204);
    expect(await me(access)).toMatchObject({ emailVerified: true });
    // Nothing more is to be shown.
    expect((await shop.as(access)('POST', '/email-verifications')).status).toBe(202);
    expect(shop.server.mails(registration.email)).toHaveLength(1);
  });

  it('of a guest who registers is verified in the same way', async () => {
    const guest = await aGuest(shop);
    const registration = aRegistration();
    await shop.post('/register', registration, guest.headers);
    const { token } = await shop.tokenTo(registration.email, /Confirm/);
    expect((await verify(token)).status).toBe(204);
  });

  it('can be verified by a second link, until both have expired', async () => {
    const { token: access, id, registration } = await aCustomer(shop);
    await shop.tokenTo(registration.email, /Confirm/);
    expect((await shop.as(access)('POST', '/email-verifications')).status).toBe(202);
    const { token } = await shop.tokenTo(registration.email, /Confirm/, 2);
    await shop.database.sql('UPDATE mail_tokens SET expires_at = now() WHERE user_id = $1', [id]);
    expect(await verify(token)).toMatchObject(expired);
    expect(await me(access)).toMatchObject({ emailVerified: false });
  });

  it('is not verified by a link for a new password, nor the other way round', async () => {
    const { registration } = await aCustomer(shop);
    const { token } = await shop.tokenTo(registration.email, /Confirm/);
    expect(await confirmReset(token)).toMatchObject(expired);
    await requestReset(registration.email);
    expect(await verify((await shop.tokenTo(registration.email, /Choose/)).token)).toMatchObject(expired);
  });

  it('is changed with the password only, is not verified then, and both mailboxes are told', async () => {
    const { token: access, registration } = await aCustomer(shop);
    await verify((await shop.tokenTo(registration.email, /Confirm/)).token);
    const email = aRegistration().email;
    const change = (body: object) => shop.as(access)('PATCH', '/me', body);
    const missing = await change({ email });
    expect(missing).toMatchObject({ status: 400, body: { errors: [{ field: 'currentPassword' }] } });
    expect(await change({ email, currentPassword: 'wrong horse' })).toMatchObject({
      status: 401,
      body: { code: 'invalid-credentials' },
    });
    expect(await me(access)).toMatchObject({ email: registration.email, emailVerified: true });

    const changed = await change({ email, currentPassword: registration.password });
    expect(changed).toMatchObject({ status: 200, body: { email, emailVerified: false } });
    expect((await shop.mailTo(registration.email, /address was changed/)).text).not.toContain(email);
    await verify((await shop.tokenTo(email, /Confirm/)).token);
    expect(await me(access)).toMatchObject({ email, emailVerified: true });
    // Another way to write it is the same mailbox.
    expect((await change({ email: email.toUpperCase() })).body).toMatchObject({ emailVerified: true });
  });

  it('that is taken is refused with nothing changed and nobody told', async () => {
    const [one, other] = [await aCustomer(shop), await aCustomer(shop)];
    const currentPassword = one.registration.password;
    const { email } = other.registration;
    expect(await shop.as(one.token)('PATCH', '/me', { email, currentPassword })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    expect((await shop.mailsOf(one.id)).map(({ kind }) => kind)).toEqual(['email-verification']);
  });
});

describe('a forgotten password', () => {
  it('is replaced by the link of a mail, once, and all sessions end', async () => {
    const { token: access, refreshToken, registration } = await aCustomer(shop);
    expect((await requestReset(` ${registration.email.toUpperCase()}`)).status).toBe(202);
    const { page, token } = await shop.tokenTo(registration.email, /Choose/);
    expect(page).toBe('reset-password');

    expect((await confirmReset(token)).status).toBe(204);

    expect((await shop.get('/me', access)).status).toBe(401);
    expect((await shop.post('/refresh', { refreshToken })).status).toBe(401);
    expect((await shop.post('/login', registration)).status).toBe(401);
    const login = await shop.post('/login', { ...registration, password: newPassword });
    expect(await me(login.body.token)).toMatchObject({ emailVerified: true });
    await shop.mailTo(registration.email, /password was changed/);
    expect(await confirmReset(token, 'yet another one')).toMatchObject(expired);
  });

  it('is asked for with the same reply by nobody, and no mail is sent', async () => {
    const { registration } = await aCustomer(shop);
    const [known, unknown] = [await requestReset(registration.email), await requestReset('nobody@shop.test')];
    expect(unknown).toMatchObject({ status: 202, body: known.body });
    await shop.mailTo(registration.email, /Choose/);
    await waitFor(
      async () => (await shop.database.sql('SELECT FROM mails WHERE user_id IS NULL')).length === 0,
    );
    expect(shop.server.mails('nobody@shop.test')).toEqual([]);
  });

  it('is set by one of several requests with the same token', async () => {
    const { registration } = await aCustomer(shop);
    await requestReset(registration.email);
    const { token } = await shop.tokenTo(registration.email, /Choose/);
    const passwords = ['one password', 'two passwords', 'three passwords'];
    const replies = await Promise.all(passwords.map((password) => confirmReset(token, password)));
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    const logins = await Promise.all(
      passwords.map((password) => shop.post('/login', { ...registration, password })),
    );
    expect(logins.map(({ status }) => status === 200)).toEqual(replies.map(({ status }) => status === 204));
  });

  it.each<[string, (customer: Awaited<ReturnType<typeof aCustomer>>) => Promise<unknown>]>([
    [
      'half an hour',
      ({ id }) =>
        shop.database.sql(
          `UPDATE mail_tokens SET expires_at = expires_at - interval '30 minutes' WHERE user_id = $1`,
          [id],
        ),
    ],
    [
      'a change of the email',
      ({ token, registration }) =>
        shop.as(token)('PATCH', '/me', {
          email: aRegistration().email,
          currentPassword: registration.password,
        }),
    ],
    [
      'a change of the password',
      ({ token, registration }) =>
        shop.as(token)('POST', '/password', {
          currentPassword: registration.password,
          newPassword: 'changed by hand',
        }),
    ],
  ])('is not replaced by the link after %s', async (_what, happens) => {
    const customer = await aCustomer(shop);
    await requestReset(customer.registration.email);
    const { token } = await shop.tokenTo(customer.registration.email, /Choose/);
    await happens(customer);
    expect(await confirmReset(token)).toMatchObject(expired);
  });

  it('must be replaced by a good one: the token goes on then', async () => {
    const { registration } = await aCustomer(shop);
    await requestReset(registration.email);
    const { token } = await shop.tokenTo(registration.email, /Choose/);
    for (const password of ['short', registration.email]) {
      const reply = await confirmReset(token, password);
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: 'newPassword' }] } });
    }
    expect((await confirmReset(token)).status).toBe(204);
  });

  it('does not keep the user out whose guesses were too many', async () => {
    const { registration } = await aCustomer(shop);
    const wrong = { ...registration, password: 'wrong horse' };
    await shop.database.sql('DELETE FROM rate_limits');
    for (const _ of [1, 2, 3]) await shop.post('/login', wrong);
    await requestReset(registration.email);
    await confirmReset((await shop.tokenTo(registration.email, /Choose/)).token);
    const key = `SELECT FROM rate_limits WHERE key LIKE 'failed-login-here%' AND points > 0`;
    expect(await shop.database.sql(key)).toEqual([]);
  });
});

describe('a mail', () => {
  it('leaves neither its token nor its address in the database, and nothing in the log', async () => {
    const { id, registration } = await aCustomer(shop);
    const { token } = await shop.tokenTo(registration.email, /Confirm/);
    await waitFor(async () => (await shop.mailsOf(id)).every(({ sent_at }) => sent_at !== null));
    expect(await shop.mailsOf(id)).toMatchObject([{ recipient: null, tries: 1 }]);
    const kept = await shop.database.sql(
      'SELECT mails::text FROM mails UNION ALL SELECT mail_tokens::text FROM mail_tokens',
    );
    expect(JSON.stringify(kept)).not.toContain(token);
    expect(shop.logged.join('')).not.toContain(token);
  });

  it('that the server cannot take now is sent later, as the same one, and is counted', async () => {
    shop.server.refuse(451);
    const { id, registration } = await aCustomer(shop);
    await waitFor(() =>
      shop.logged.some((line) => line.includes('"responseCode":451') && line.includes(`"userId":${id}`)),
    );
    const [waiting] = await shop.database.sql<{ wait: number }>(
      'SELECT extract(epoch FROM next_try_at - now())::float8 AS wait FROM mails WHERE user_id = $1',
      [id],
    );
    expect(waiting?.wait).toBeGreaterThan(2);
    expect(waiting?.wait).toBeLessThanOrEqual(5);
    expect(await shop.metrics()).toMatch(/^mails_oldest_unsent_age_seconds\S* 0\.\d*[1-9]/m);
    shop.server.refuse(undefined);
    await shop.tryNow();
    const { token } = await shop.tokenTo(registration.email, /Confirm/);
    const [sent] = await shop.mailsOf(id);
    expect(shop.server.mails(registration.email)[0]?.messageId).toBe(`<${sent?.id}@shop.test>`);
    expect((await verify(token)).status).toBe(204);
    await waitFor(async () => /^mails_oldest_unsent_age_seconds\S* 0$/m.test(await shop.metrics()));
    expect(await shop.metrics()).toMatch(
      /^mails_total{kind="email-verification",outcome="failed",\S* [1-9]/m,
    );
  });

  it('whose sender dies before it notes that it was sent comes again, and both links work', async () => {
    const { id, registration } = await aCustomer(shop);
    const first = await shop.tokenTo(registration.email, /Confirm/);
    await waitFor(async () => (await shop.mailsOf(id))[0]?.sent_at !== null);
    await shop.database.sql(
      'UPDATE mails SET sent_at = NULL, recipient = $2, next_try_at = now() WHERE user_id = $1',
      [id, registration.email],
    );
    await shop.tokenTo(registration.email, /Confirm/, 2);
    const ids = shop.server.mails(registration.email).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
    expect((await verify(first.token)).status).toBe(204);
  });

  it.each([
    ['that the server refuses for good', 550, 0],
    ['that could not be sent for most of a day', 451, 23],
  ])('%s is given up, and is counted', async (_what, code, tries) => {
    const givenUp = async () =>
      Number(
        /^mails_total{kind="email-verification",outcome="given-up",\S* (\d+)/m.exec(
          await shop.metrics(),
        )?.[1],
      );
    const before = await givenUp();
    shop.server.refuse(451);
    const { id, registration } = await aCustomer(shop);
    await waitFor(async () => (await shop.mailsOf(id))[0]?.tries === 1);
    await waitFor(() => shop.logged.some((line) => line.includes(`"userId":${id},"tries":1`)));
    shop.server.refuse(code);
    await shop.database.sql('UPDATE mails SET tries = $2, next_try_at = now() WHERE user_id = $1', [
      id,
      tries,
    ]);
    await waitFor(async () => (await givenUp()) === before + 1);
    expect(await shop.mailsOf(id)).toMatchObject([{ recipient: null, sent_at: null }]);
    expect(shop.logged.join('')).not.toContain(registration.email);
  });

  it('is limited for each email and each address', async () => {
    const few = await startMailHarness({
      environment: { TRUST_PROXY: '1', MAILS_PER_EMAIL: '2/1h', MAILS_PER_ADDRESS: '3/1h' },
    });
    try {
      const ask = (email: string, address: string) =>
        few.post('/password-resets', { email }, { 'x-forwarded-for': address });
      const replies = [
        await ask('nobody@shop.test', '10.0.0.1'),
        await ask('NOBODY@shop.test', '10.0.0.2'),
        await ask('nobody@shop.test', '10.0.0.3'),
        await ask('b@shop.test', '10.0.0.1'),
        await ask('c@shop.test', '10.0.0.1'),
        await ask('d@shop.test', '10.0.0.1'),
      ];
      expect(replies.map(({ status }) => status)).toEqual([202, 202, 429, 202, 202, 429]);
      expect(replies[2]?.body.code).toBe('too-many-attempts');
    } finally {
      await few.stop();
    }
  });

  it('is not sent by a shop without a mail server, which says so', async () => {
    const silent = await startHarness();
    try {
      const { token, id, registration } = await aCustomer(silent);
      const notSetUp = { status: 501, body: { code: 'mail-not-set-up' } };
      const { email, password: currentPassword } = registration;
      expect(await silent.post('/password-resets', { email })).toMatchObject(notSetUp);
      expect(await silent.as(token)('POST', '/email-verifications')).toMatchObject(notSetUp);
      const change = { email: aRegistration().email, currentPassword };
      expect((await silent.as(token)('PATCH', '/me', change)).status).toBe(200);
      expect(await silent.database.sql('SELECT FROM mails WHERE user_id = $1', [id])).toEqual([]);
      expect(silent.logged.join('')).toContain('SMTP_URL is not set');
    } finally {
      await silent.stop();
    }
  });
});

it.each([
  ['/password-resets', {}, ['email']],
  ['/password-resets', { email: 'nobody' }, ['email']],
  ['/password-resets', { email: 'a@shop.test', url: 'https://evil.test' }, ['url']],
  ['/password-resets/confirm', { token: '', newPassword: 'short' }, ['token', 'newPassword']],
  ['/password-resets/confirm', [], ['body']],
  ['/email-verifications/confirm', { token: 5 }, ['token']],
  ['/email-verifications/confirm', { token: 'x'.repeat(513), email: 'a@shop.test' }, ['token', 'email']],
])('%s refuses %j', async (path, body, fields) => {
  const reply = await shop.post(path, body);
  expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
  expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
});
