import { createLogger } from '@shop/service-kit';
import { createPasswordPool } from '../src/services/password-pool.ts';
import { aRegistration, type Harness, startHarness } from './support/harness.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('limits', () => {
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({
      environment: { TRUST_PROXY: '1' },
      limits: {
        registrationsPerAddress: { points: 3, duration: 60 },
        loginsPerAddress: { points: 6, duration: 60 },
        failedLoginsPerAccount: { points: 3, duration: 60 },
      },
    });
  });
  afterAll(() => shop.stop());

  const register = async (address: string) => {
    const registration = aRegistration();
    return { registration, reply: await shop.post('/register', registration, from(address)) };
  };

  it('end the guessing at one account, from wherever it comes and even with the right password', async () => {
    const { registration } = await register('10.0.0.1');
    const wrong = { ...registration, password: 'wrong horse' };
    const guesses = await Promise.all(
      Array.from({ length: 5 }, (_, index) => shop.post('/login', wrong, from(`10.0.1.${index}`))),
    );
    expect(guesses.map((guess) => guess.status).sort()).toEqual([401, 401, 401, 429, 429]);
    const right = await shop.post('/auth/login', registration, from('10.0.2.1'));
    expect(right.status).toBe(429);
    expect(right.body.code).toBe('too-many-attempts');
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(50);
    const [row] = await shop.database.sql<{ points: number }>(
      `SELECT points FROM rate_limits WHERE key LIKE 'failed-login:%'`,
    );
    expect(row?.points).toBeGreaterThan(3);
  });

  it('do not count what succeeds against the account', async () => {
    const { registration } = await register('10.0.0.2');
    for (let index = 0; index < 5; index++) {
      expect((await shop.post('/login', registration, from(`10.0.3.${index}`))).status).toBe(200);
    }
  });

  it('count every log-in from one address', async () => {
    const statuses = [];
    for (let index = 0; index < 7; index++) {
      statuses.push((await shop.post('/login', { ...aRegistration() }, from('10.0.4.1'))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    expect((await shop.post('/login', aRegistration(), from('10.0.4.2'))).status).toBe(401);
  });

  it('count every registration from one address', async () => {
    for (let index = 0; index < 3; index++) expect((await register('10.0.5.1')).reply.status).toBe(201);
    const { reply } = await register('10.0.5.1');
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await register('10.0.5.2')).reply.status).toBe(201);
  });
});

describe('password threads that have too much to do', () => {
  const passwords = createPasswordPool({ rounds: 13, logger, threads: 1, maxWaiting: 1 });
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({ passwords });
  });
  afterAll(() => shop.stop());

  it('refuse at once, and that is no failed attempt', async () => {
    const underWay = [passwords.hash('first password'), passwords.hash('second password')];
    await expect(passwords.hash('third password')).rejects.toMatchObject({ code: 'busy' });
    const reply = await shop.post('/login', aRegistration());
    expect(reply.status).toBe(503);
    expect(reply.body.code).toBe('busy');
    expect(reply.headers.get('retry-after')).toBe('2');
    const [failures] = await shop.database.sql<{ points: number }>(
      `SELECT points FROM rate_limits WHERE key LIKE 'failed-login:%'`,
    );
    expect(failures?.points).toBe(0);
    expect(await Promise.all(underWay)).toEqual([expect.any(String), expect.any(String)]);
  });
});
