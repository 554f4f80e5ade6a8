import { aCustomer, aGuest, aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ environment: { REGISTRATIONS_PER_ADDRESS: '1000/1h' } });
});
afterAll(() => shop.stop());

describe('GET /me', () => {
  it('shows a customer who they are, for them alone', async () => {
    const { token, id, registration } = await aCustomer(shop);
    const reply = await shop.get('/me', token);
    const { username, email } = registration;
    expect(reply).toMatchObject({ status: 200, body: { id, username, email, role: 'customer' } });
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  it('shows a guest that they are one', async () => {
    const { token, id } = await aGuest(shop);
    expect(await shop.get('/me', token)).toMatchObject({
      status: 200,
      body: { id, username: null, email: null, role: 'guest' },
    });
  });
});

describe('a token that says another role than its user has', () => {
  it.each([
    ['GET', '/me'],
    ['PATCH', '/me'],
    ['GET', '/addresses'],
    ['POST', '/addresses'],
    ['GET', '/addresses/1'],
    ['PUT', '/addresses/1'],
    ['DELETE', '/addresses/1'],
  ])('is not valid for %s %s', async (method, path) => {
    const guest = await aGuest(shop);
    await shop.post('/register', aRegistration(), guest.headers);
    const body = method === 'GET' ? undefined : {};
    const reply = await shop.as(guest.token)(method, path, body);
    expect(reply).toMatchObject({ status: 401, body: { code: 'invalid-token' } });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('is not valid when its user has been deleted', async () => {
    const guest = await aGuest(shop);
    await shop.database.sql('DELETE FROM users WHERE id = $1', [guest.id]);
    expect(await shop.get('/me', guest.token)).toMatchObject({
      status: 401,
      body: { code: 'invalid-token' },
    });
  });
});

describe('PATCH /me', () => {
  it('changes the name and leaves the rest', async () => {
    const { token, registration } = await aCustomer(shop);
    const reply = await shop.as(token)('PATCH', '/me', { username: ' Zoe\u0308 ' });
    expect(reply).toMatchObject({ status: 200, body: { username: 'Zo\u00eb', email: registration.email } });
    expect((await shop.get('/me', token)).body).toEqual(reply.body);
    expect((await shop.post('/login', registration)).status).toBe(200);
  });

  it('changes the email, with which the user logs in from then on', async () => {
    const { token, registration } = await aCustomer(shop);
    const email = `New-${registration.email}`;
    const change = { email, currentPassword: registration.password };
    expect((await shop.as(token)('PATCH', '/me', change)).body).toMatchObject({ email });
    expect((await shop.post('/login', { ...registration, email: email.toUpperCase() })).status).toBe(200);
    expect((await shop.post('/login', registration)).status).toBe(401);
    const again = { ...aRegistration(), email: registration.email };
    expect((await shop.post('/register', again)).status).toBe(201);
  });

  it('refuses an email that another has in whatever form, and takes the own in another form', async () => {
    const other = await aCustomer(shop);
    const { token, registration } = await aCustomer(shop);
    const change = (email: string) =>
      shop.as(token)('PATCH', '/me', { email, currentPassword: registration.password });
    expect(await change(other.registration.email.toUpperCase())).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    expect((await change(registration.email.toUpperCase())).status).toBe(200);
  });

  it('gives an email that several ask for at once to one of them', async () => {
    const customers = await Promise.all([aCustomer(shop), aCustomer(shop), aCustomer(shop)]);
    const { email } = aRegistration();
    const replies = await Promise.all(
      customers.map(({ token, registration: { password: currentPassword } }) =>
        shop.as(token)('PATCH', '/me', { email, currentPassword }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('counts new emails as registrations', async () => {
    const few = await startHarness({ environment: { REGISTRATIONS_PER_ADDRESS: '2/1h' } });
    try {
      const { token, registration } = await aCustomer(few);
      const { password: currentPassword } = registration;
      const change = (body: object) => few.as(token)('PATCH', '/me', { ...body, currentPassword });
      expect((await change({ username: 'Zoe', email: registration.email })).status).toBe(200);
      expect((await change({ email: aRegistration().email })).status).toBe(200);
      expect(await change({ email: aRegistration().email })).toMatchObject({
        status: 429,
        body: { code: 'too-many-attempts' },
      });
      expect((await change({ username: 'Eva' })).status).toBe(200);
    } finally {
      await few.stop();
    }
  });

  it('is for users with an account only', async () => {
    const { token } = await aGuest(shop);
    expect(await shop.as(token)('PATCH', '/me', { username: 'Zoe' })).toMatchObject({
      status: 403,
      body: { code: 'account-required' },
    });
  });

  it.each([
    ['nothing', {}, ['body']],
    ['a list', [], ['body']],
    ['null', null, ['body']],
    ['null members', { username: null, email: null }, ['username', 'email']],
    ['no texts', { username: 1, email: ['a@shop.test'] }, ['username', 'email']],
    ['empty texts', { username: ' ', email: '' }, ['username', 'email']],
    ['a password alone', { currentPassword: 'correct horse 1' }, ['body']],
    ['an empty password', { email: 'zoe@shop.test', currentPassword: '' }, ['currentPassword']],
    ['an email without the password', { email: 'zoe@shop.test' }, ['currentPassword']],
    ['an invisible name', { username: '\u200b' }, ['username']],
    ['NUL', { username: 'a\0b', email: 'a\0@shop.test' }, ['username', 'email']],
    ['a long name', { username: 'x'.repeat(51) }, ['username']],
    ['no email', { email: 'nobody' }, ['email']],
    ['another role', { username: 'Zoe', role: 'admin' }, ['role']],
    ['another id', { id: 1 }, ['id']],
    ['another password', { email: 'zoe@shop.test', password: 'correct horse' }, ['password']],
    ['a prototype', '{"username":"Zoe","__proto__":{"role":"admin"}}', ['__proto__']],
  ])('refuses %s, and changes nothing', async (_name, body, fields) => {
    const { token } = await aCustomer(shop);
    const before = (await shop.get('/me', token)).body;
    const reply = await shop.as(token)('PATCH', '/me', body);
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    expect((await shop.get('/me', token)).body).toEqual(before);
  });
});
