import { createLogger } from '@shop/service-kit';
import { createPasswordPool, type Passwords } from '../src/services/password-pool.ts';
import { aRegistration, type Harness, type Reply, startHarness } from './support/harness.ts';

const compared: (string | undefined)[] = [];
let shop: Harness;
beforeAll(async () => {
  const pool = createPasswordPool({ rounds: 4, logger: createLogger({ name: 'test', level: 'silent' }) });
  const counting: Passwords = {
    ...pool,
    compare: (password, stored) => {
      compared.push(stored);
      return pool.compare(password, stored);
    },
  };
  shop = await startHarness({ passwords: counting });
});
afterAll(() => shop.stop());
beforeEach(() => compared.splice(0));

const withoutIds = ({ body }: Reply) => ({ ...body, requestId: undefined, instance: undefined });

describe('a log-in', () => {
  it('never opens an account by other bytes than its password has', async () => {
    const { email } = aRegistration();
    const withPassword = (bytes: number[]) =>
      Buffer.concat([
        Buffer.from(`{"username":"Zoe","email":"${email}","password":"secret-word-`),
        Buffer.from([...bytes, 0x22, 0x7d]),
      ]);
    const registered = await shop.post('/register', withPassword([0xe9, 0xe9]));
    const loggedIn = await shop.post('/login', withPassword([0xe8, 0xe0]));
    for (const reply of [registered, loggedIn])
      expect(reply).toMatchObject({ status: 400, body: { code: 'invalid-encoding' } });
    expect(compared).toEqual([]);
  });

  it('gives a token that says who the user is', async () => {
    const registration = aRegistration();
    const { user } = (await shop.post('/register', registration)).body;
    const reply = await shop.post('/auth/login', {
      email: registration.email.toUpperCase(),
      password: registration.password,
    });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      message: expect.any(String),
      token: expect.any(String),
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^[\w-]{43}$/),
      refreshExpiresIn: expect.closeTo(30 * 86_400, -2),
      deviceToken: expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/),
    });
    const claims = (await shop.get('/validate', reply.body.token)).body;
    expect(claims).toMatchObject({ id: user.id, email: registration.email, role: 'customer' });
    expect(claims.exp - claims.iat).toBe(900);
    for (const secret of [reply.body.token, reply.body.deviceToken])
      expect(shop.logged.join('')).not.toContain(secret);
    expect(shop.logged.join('')).not.toContain(registration.password);
  });

  it('answers an unknown email as it does a wrong password, after the same work', async () => {
    const registration = aRegistration();
    await shop.post('/register', registration);
    const wrong = await shop.post('/login', { ...registration, password: 'wrong horse' });
    const unknown = await shop.post('/login', { ...registration, email: 'nobody@shop.test' });
    expect(wrong.status).toBe(401);
    expect(wrong.body.code).toBe('invalid-credentials');
    expect(wrong.body.requestId).toBe(wrong.headers.get('x-request-id'));
    expect(unknown.status).toBe(401);
    expect(withoutIds(unknown)).toEqual(withoutIds(wrong));
    // That both take as long is shown in stored-passwords.test.ts.
    expect(compared).toEqual([expect.any(String), undefined]);
  });

  it('takes a short password for a wrong one', async () => {
    const { email } = aRegistration();
    expect((await shop.post('/login', { email, password: 'x' })).status).toBe(401);
  });

  it.each([
    [{}, ['email', 'password']],
    [{ email: 'a\0@shop.test', password: '\0' }, ['email', 'password']],
    [{ email: 'ada@shop.test', password: 'x'.repeat(129) }, ['password']],
    [[], ['body']],
  ])('names all that is wrong with %j', async (body, fields) => {
    const reply = await shop.post('/login', body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors.map((error: { field: string }) => error.field)).toEqual(fields);
    expect(compared).toHaveLength(0);
  });
});
