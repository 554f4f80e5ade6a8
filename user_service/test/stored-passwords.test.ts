import { createLogger } from '@shop/service-kit';
import bcrypt from 'bcryptjs';
import { createUserService } from 'user_service';
import { createPasswordPool } from '../src/services/password-pool.ts';
import { aCustomer, aRegistration, type Harness, startHarness } from './support/harness.ts';

const rounds = 5;
let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    environment: { BCRYPT_ROUNDS: String(rounds), LOGINS_PER_ADDRESS: '1000/1h' },
  });
});
afterAll(() => shop.stop());

const hashOf = async (email: string): Promise<string> => {
  const [row] = await shop.database.sql('SELECT password_hash FROM users WHERE email = $1', [email]);
  return (row as { password_hash: string }).password_hash;
};
const register = async (password: string) => {
  const registration = { ...aRegistration(), password };
  expect((await shop.post('/register', registration)).status).toBe(201);
  return registration;
};
const storeHash = (email: string, hash: string) =>
  shop.database.sql('UPDATE users SET password_hash = $2 WHERE email = $1', [email, hash]);
const logIn = async (email: string, password: string) =>
  (await shop.post('/login', { email, password })).status;

describe('a password that is longer than bcrypt reads', () => {
  const long = `${'correct horse '.repeat(9)}!!`;

  it('counts to its last character', async () => {
    expect(long).toHaveLength(128);
    const { email } = await register(long);
    expect(await logIn(email, long)).toBe(200);
    for (const other of [`${long.slice(0, -1)}?`, long.slice(0, -1), long.slice(0, 72)])
      expect(await logIn(email, other)).toBe(401);
  });

  it('is not opened by the digest that bcrypt was given of it, nor by its hash as another kind', async () => {
    const { email } = await register(long);
    const stored = await hashOf(email);
    expect(stored).toMatch(/^hmac-sha256:\$2b\$05\$.{53}$/);
    await storeHash(email, stored.replace('hmac-sha256:', ''));
    expect(await logIn(email, long)).toBe(401);
    const short = await register('correct horse');
    await storeHash(short.email, `hmac-sha256:${await hashOf(short.email)}`);
    expect(await logIn(short.email, 'correct horse')).toBe(401);
  });

  it('may be chosen later, and be of any script', async () => {
    const { token, registration } = await aCustomer(shop);
    const newPassword = '漢字かな文字ひら'.repeat(16);
    const change = { currentPassword: registration.password, newPassword };
    expect((await shop.as(token)('POST', '/password', change)).status).toBe(204);
    expect(await logIn(registration.email, newPassword)).toBe(200);
    expect(await logIn(registration.email, newPassword.slice(0, -1))).toBe(401);
  });
});

it('a password of 72 bytes is stored so that the release before can compare it', async () => {
  const { email, password } = await register('äöüßéè'.repeat(6));
  expect(bcrypt.compareSync(password, await hashOf(email))).toBe(true);
});

describe('a log-in with a hash that is stored in another way than it would be now', () => {
  const composed = 'caf\u00e9 by day';
  const decomposed = 'cafe\u0301 by day';

  it.each([
    ['of a lower cost', bcrypt.hashSync(composed, 4)],
    ['of a higher cost', bcrypt.hashSync(composed, 6)],
    ['of what was typed', bcrypt.hashSync(decomposed, rounds)],
  ])('replaces a hash %s, once', async (_what, old) => {
    const { email } = await register('correct horse');
    await storeHash(email, old);
    expect(await logIn(email, 'cafe by day')).toBe(401);
    expect(await hashOf(email)).toBe(old);
    expect(await logIn(email, decomposed)).toBe(200);
    const renewed = await hashOf(email);
    expect(renewed).toMatch(/^\$2b\$05\$/);
    expect(await logIn(email, composed)).toBe(200);
    expect(await hashOf(email)).toBe(renewed);
  });

  it('succeeds for all who log in at the same moment', async () => {
    const { email } = await register('correct horse');
    await storeHash(email, bcrypt.hashSync('correct horse', 4));
    const statuses = await Promise.all(Array.from({ length: 8 }, () => logIn(email, 'correct horse')));
    expect(statuses).toEqual(Array(8).fill(200));
    expect(await hashOf(email)).toMatch(/^\$2b\$05\$/);
  });
});

describe('how long a comparison takes', () => {
  const passwords = createPasswordPool({
    rounds: 9,
    logger: createLogger({ name: 'test', level: 'silent' }),
    threads: 1,
  });
  afterAll(passwords.close);

  /** The shortest of a few times, which other work of this machine disturbs least. */
  const time = async (stored?: string) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      const begun = performance.now();
      expect(await passwords.compare('wrong horse', stored)).toBe('wrong');
      best = Math.min(best, performance.now() - begun);
    }
    return best;
  };

  it('does not tell whether there is a hash, nor of which cost it is', async () => {
    const unknown = await time();
    const ofCost = (cost: number) => time(bcrypt.hashSync('correct horse', cost));
    for (const known of [await ofCost(5), await ofCost(9)]) {
      expect(known / unknown).toBeGreaterThan(0.6);
      expect(known / unknown).toBeLessThan(1.6);
    }
    passwords.raiseCost(11);
    expect((await time()) / unknown).toBeGreaterThan(2.5);
  });

  it('is that of the highest cost that is stored, from the start on', async () => {
    const raised: number[] = [];
    await storeHash((await register('correct horse')).email, bcrypt.hashSync('correct horse', 8));
    const raiseCost = (cost: number) => void raised.push(cost);
    const service = createUserService(shop.config, {
      logger: shop.logger,
      passwords: { ...passwords, raiseCost, close: async () => {} },
    });
    await service.start().finally(service.stop);
    expect(raised).toEqual([8]);
  });
});
