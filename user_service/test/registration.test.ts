import { aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const accountsNamed = (email: string) =>
  shop.database.sql<{ role: string; password_hash: string }>(
    'SELECT role, password_hash FROM users WHERE lower(email) = lower($1)',
    [email],
  );

describe('registration', () => {
  it('makes a customer and never shows the hash', async () => {
    const registration = { ...aRegistration(), username: '  Ada  ', role: 'admin', id: 7 };
    const reply = await shop.post('/register', registration);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      message: expect.any(String),
      user: {
        id: expect.any(Number),
        username: 'Ada',
        email: registration.email,
        role: 'customer',
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    });
    const [row] = await accountsNamed(registration.email);
    expect(row?.role).toBe('customer');
    expect(row?.password_hash).toMatch(/^\$2b\$04\$.{53}$/);
    expect(JSON.stringify(reply.body)).not.toContain(row?.password_hash);
    expect(shop.logged.join('')).toContain('/register');
    expect(shop.logged.join('')).not.toContain(row?.password_hash);
    expect(shop.logged.join('')).not.toContain(registration.password);
  });

  it('answers at /auth as well', async () => {
    expect((await shop.post('/auth/register', aRegistration())).status).toBe(201);
  });

  it('knows an email whatever its case', async () => {
    const registration = aRegistration();
    await shop.post('/register', registration);
    const again = await shop.post('/register', { ...registration, email: registration.email.toUpperCase() });
    expect(again.status).toBe(409);
    expect(again.body.code).toBe('email-taken');
    expect(await accountsNamed(registration.email)).toHaveLength(1);
  });

  it('makes one account of twenty requests at the same moment', async () => {
    const registration = aRegistration();
    const replies = await Promise.all(Array.from({ length: 20 }, () => shop.post('/register', registration)));
    const statuses = replies.map((reply) => reply.status).sort();
    expect(statuses).toEqual([201, ...Array(19).fill(409)]);
    expect(await accountsNamed(registration.email)).toHaveLength(1);
  });

  it('takes passwords of 72 bytes whole', async () => {
    const registration = { ...aRegistration(), password: `${'ä'.repeat(35)}ab` };
    expect((await shop.post('/register', registration)).status).toBe(201);
    expect((await shop.post('/login', { ...registration, password: `${'ä'.repeat(35)}ac` })).status).toBe(
      401,
    );
    expect((await shop.post('/login', registration)).status).toBe(200);
  });
});

describe('registration refuses', () => {
  const good = { username: 'Ada', email: 'ada@shop.test', password: 'correct horse' };
  const cases: [string, unknown, string[]][] = [
    ['no members', {}, ['username', 'email', 'password']],
    ['numbers', { username: 1, email: 2, password: 3 }, ['username', 'email', 'password']],
    ['nulls', { username: null, email: null, password: null }, ['username', 'email', 'password']],
    ['objects', { username: {}, email: [], password: { length: 12 } }, ['username', 'email', 'password']],
    ['an array', [good], ['body']],
    ['a text', '"ada"', ['body']],
    ['null', 'null', ['body']],
    ['an empty username', { ...good, username: '  ' }, ['username']],
    ['a long username', { ...good, username: 'a'.repeat(51) }, ['username']],
    ['a username with a line end', { ...good, username: 'a\nb' }, ['username']],
    ['a username with NUL', { ...good, username: 'a\0b' }, ['username']],
    ['a username with half a character', { ...good, username: 'a\ud800b' }, ['username']],
    ['an email without @', { ...good, email: 'ada.shop.test' }, ['email']],
    ['an email with two @', { ...good, email: 'ada@home@shop.test' }, ['email']],
    ['an email with a space', { ...good, email: 'ada lovelace@shop.test' }, ['email']],
    ['an email with NUL', { ...good, email: 'ada\0@shop.test' }, ['email']],
    ['an email with an invisible character', { ...good, email: 'a\u200bda@shop.test' }, ['email']],
    ['a long email', { ...good, email: `${'a'.repeat(245)}@shop.test` }, ['email']],
    ['an email that grows in lower case', { ...good, email: `${'İ'.repeat(245)}@shop.tes` }, ['email']],
    ['a short password', { ...good, password: 'ninebytes' }, ['password']],
    ['a password of 73 bytes', { ...good, password: `${'ä'.repeat(36)}a` }, ['password']],
    ['a password with NUL', { ...good, password: 'correct\0horse' }, ['password']],
    ['all at once', { username: '', email: '@', password: '' }, ['username', 'email', 'password']],
  ];

  it.each(cases)('%s', async (_what, body, fields) => {
    const reply = await shop.post('/register', body);
    expect(reply.status).toBe(400);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(reply.body.code).toBe('validation-failed');
    expect(reply.body.errors.map((error: { field: string }) => error.field)).toEqual(fields);
    expect(await accountsNamed(good.email)).toHaveLength(0);
  });

  it('a bad password by its length, not by showing it', async () => {
    const reply = await shop.post('/register', { ...good, password: 'sesame' });
    expect(reply.body.errors[0].message).toContain('not 6');
    expect(JSON.stringify(reply.body)).not.toContain('sesame');
  });

  it.each([
    ['what is no JSON', '{"username":', 'application/json', 400],
    ['a form', 'username=ada', 'application/x-www-form-urlencoded', 415],
    ['a large body', JSON.stringify({ ...good, extra: 'x'.repeat(200_000) }), 'application/json', 413],
  ])('%s', async (_what, body, type, status) => {
    expect((await shop.post('/register', body, { 'content-type': type })).status).toBe(status);
  });
});
