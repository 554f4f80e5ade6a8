import { aGuest, aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    environment: { REGISTRATIONS_PER_ADDRESS: '1000/1h', GUESTS_PER_ADDRESS: '50/1h' },
  });
});
afterAll(() => shop.stop());

describe('a guest', () => {
  it('has a token for thirty days, and no name, email or password', async () => {
    const reply = await shop.post('/guest', {});
    expect(reply).toMatchObject({ status: 201, body: { expiresIn: 30 * 86_400 } });
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const { body } = await shop.get('/validate', reply.body.token);
    expect(body).toMatchObject({ role: 'guest', email: null, exp: body.iat + 30 * 86_400 });
    expect(
      await shop.database.sql(`SELECT username, email, password_hash, role FROM users WHERE id = ${body.id}`),
    ).toEqual([{ username: null, email: null, password_hash: null, role: 'guest' }]);
  });

  it('needs no body to be one', async () => {
    const reply = await fetch(`${shop.baseUrl}/guest`, { method: 'POST' });
    expect(reply.status).toBe(201);
    await reply.arrayBuffer();
  });

  it('becomes a customer with the same id by registering', async () => {
    const guest = await aGuest(shop);
    const registration = aRegistration();
    const reply = await shop.post('/register', registration, guest.headers);
    expect(reply).toMatchObject({
      status: 201,
      body: { user: { id: guest.id, role: 'customer', email: registration.email } },
    });
    const login = await shop.post('/login', registration);
    expect((await shop.get('/validate', login.body.token)).body).toMatchObject({
      id: guest.id,
      role: 'customer',
    });
  });

  it('becomes a customer once, also at the same moment', async () => {
    const guest = await aGuest(shop);
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => shop.post('/auth/register', aRegistration(), guest.headers)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    const codes = replies.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(new Set(codes)).toEqual(new Set(['guest-registered']));
  });

  it('stays a guest when the email is taken', async () => {
    const guest = await aGuest(shop);
    const taken = aRegistration();
    await shop.post('/register', taken);
    expect(await shop.post('/register', taken, guest.headers)).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    expect((await shop.post('/register', aRegistration(), guest.headers)).body.user.id).toBe(guest.id);
  });

  it('is refused when its token is not valid, rather than losing the cart', async () => {
    const { token } = await aGuest(shop);
    const forged = { authorization: `Bearer ${token.slice(0, -8)}AAAAAAAA` };
    expect(await shop.post('/register', aRegistration(), forged)).toMatchObject({
      status: 401,
      body: { code: 'invalid-token' },
    });
  });

  it.each(['not.a.token', 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'])(
    'is nobody whose token is %s: an account is made',
    async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      expect((await shop.post('/register', aRegistration(), headers)).status).toBe(201);
    },
  );

  it('leaves the account of a customer who registers again alone', async () => {
    const registration = aRegistration();
    const first = await shop.post('/register', registration);
    const { token } = (await shop.post('/login', registration)).body;
    const again = await shop.post('/register', aRegistration(), { authorization: `Bearer ${token}` });
    expect(again.status).toBe(201);
    expect(again.body.user.id).not.toBe(first.body.user.id);
  });

  it('is one of so many from an address', async () => {
    const few = await startHarness({ environment: { GUESTS_PER_ADDRESS: '2/1h' } });
    try {
      const replies = [
        await few.post('/guest', {}),
        await few.post('/guest', {}),
        await few.post('/guest', {}),
      ];
      expect(replies.map(({ status }) => status)).toEqual([201, 201, 429]);
      expect(replies[2]?.body.code).toBe('too-many-attempts');
    } finally {
      await few.stop();
    }
  });
});
