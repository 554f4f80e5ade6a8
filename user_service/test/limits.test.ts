import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { createPasswordPool } from '../src/services/password-pool.ts';
import { aRegistration, type Harness, type Reply, startHarness } from './support/harness.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const from = (address: string) => ({ 'x-forwarded-for': address });

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('limits', () => {
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({
      environment: {
        TRUST_PROXY: '1',
        REGISTRATIONS_PER_ADDRESS: '3/1m',
        LOGINS_PER_ADDRESS: '6/1m',
        WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: '3/60s',
        WRONG_PASSWORDS_PER_ACCOUNT: '9/1m',
      },
    });
  });
  afterAll(() => shop.stop());

  const register = async (address: string) => {
    const registration = aRegistration();
    return { registration, reply: await shop.post('/register', registration, from(address)) };
  };
  const login = (credentials: object, address: string) => shop.post('/login', credentials, from(address));
  const statusesOf = async (attempts: Promise<Reply>[]) =>
    (await Promise.all(attempts)).map((reply) => reply.status).sort();

  it('end the guessing at an account from one address, even with the right password', async () => {
    const { registration } = await register('10.0.0.1');
    const wrong = { ...registration, password: 'wrong horse' };
    const statuses = await statusesOf(times(5).map(() => login(wrong, '10.0.1.1')));
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const right = await shop.post('/auth/login', registration, from('10.0.1.1'));
    expect(right.status).toBe(429);
    expect(right.body.code).toBe('too-many-attempts');
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  it('count all ways to write an email as one', async () => {
    const registration = { ...aRegistration(), email: 'zo\u00eb@b\u00fccher.test', password: 'wrong horse' };
    const ways = [
      ' zo\u00eb@b\u00fccher.test',
      'zoe\u0308@b\u00fccher.test',
      'ZOË@xn--bcher-kva.test',
      registration.email,
    ];
    const statuses = [];
    for (const email of ways) statuses.push((await login({ ...registration, email }, '10.0.8.1')).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  it('do not let a stranger lock out the owner, who is elsewhere', async () => {
    const { registration } = await register('10.0.0.2');
    const wrong = { ...registration, password: 'wrong horse' };
    expect(await statusesOf(times(4).map(() => login(wrong, '10.0.2.1')))).toEqual([401, 401, 401, 429]);
    expect((await login(registration, '10.0.2.2')).status).toBe(200);
  });

  it('do not count what succeeds, and begin again after it', async () => {
    const { registration } = await register('10.0.0.4');
    const wrong = { ...registration, password: 'wrong horse' };
    const statuses = [];
    for (const credentials of [wrong, wrong, registration, wrong, wrong, registration])
      statuses.push((await login(credentials, '10.0.4.1')).status);
    expect(statuses).toEqual([401, 401, 200, 401, 401, 200]);
  });

  it('refuse no right password for others that are right at the same moment', async () => {
    const { registration } = await register('10.0.0.5');
    expect(await statusesOf(times(6).map(() => login(registration, '10.0.5.1')))).toEqual(Array(6).fill(200));
  });

  it('take a network of IPv6 for one address', async () => {
    const attempt = (host: number) => login(aRegistration(), `2001:db8:0:7::${host}`);
    for (const host of times(6)) expect((await attempt(host)).status).toBe(401);
    expect((await attempt(7)).status).toBe(429);
    expect((await login(aRegistration(), '2001:db8:0:8::1')).status).toBe(401);
  });

  it('count every log-in from one address', async () => {
    const statuses = [];
    for (let index = 0; index < 7; index++) {
      statuses.push((await shop.post('/login', { ...aRegistration() }, from('10.0.6.1'))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    expect((await shop.post('/login', aRegistration(), from('10.0.6.2'))).status).toBe(401);
  });

  it('count every registration from one address', async () => {
    for (let index = 0; index < 3; index++) expect((await register('10.0.7.1')).reply.status).toBe(201);
    const { reply } = await register('10.0.7.1');
    expect(reply.status).toBe(429);
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(50);
    expect((await register('10.0.7.2')).reply.status).toBe(201);
  });
});

describe('wrong passwords of strangers', () => {
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({
      environment: {
        TRUST_PROXY: '1',
        LOGINS_PER_ADDRESS: '6/1h',
        WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: '3/1h',
        WRONG_PASSWORDS_PER_ACCOUNT: '4/1h',
      },
    });
  });
  afterAll(() => shop.stop());

  let addresses = 0;
  const newAddress = () => `10.1.${Math.floor(++addresses / 250)}.${addresses % 250}`;
  const tell = ({ status, headers }: Reply) => [status, Number(headers.get('retry-after'))];
  const guess = async (email: string, more = {}, address = newAddress()) =>
    tell(await shop.post('/login', { email, password: 'wrong horse', ...more }, from(address)));
  /** As many as may be wrong without a wait, and one more. */
  const guessAlot = async (email: string) => {
    for (const _ of times(5)) expect(await guess(email)).toEqual([401, 0]);
  };
  const passSeconds = (seconds: number) =>
    shop.database.sql(`UPDATE rate_limits SET expire = expire - $1 WHERE key LIKE 'login-wait%'`, [
      seconds * 1_000,
    ]);
  const anOwner = async () => {
    const registration = aRegistration();
    const address = newAddress();
    const { body } = await shop.post('/register', registration, from(address));
    return { registration, email: registration.email, address, deviceToken: body.deviceToken as string };
  };

  it('let them wait longer each time, up to five minutes', async () => {
    const { email } = aRegistration();
    await guessAlot(email);
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      expect(await guess(email)).toEqual([429, seconds]);
      await passSeconds(seconds);
      expect(await guess(email)).toEqual([401, 0]);
    }
    await passSeconds(300 + 3_600);
    expect(await guess(email)).toEqual([401, 0]);
    expect(await guess(email)).toEqual([429, 1]);
  });

  it('let one of those pass who come at the same moment', async () => {
    const { email } = aRegistration();
    await guessAlot(email);
    await passSeconds(1);
    const replies = await Promise.all(times(12).map(() => guess(email)));
    expect(replies.map(([status]) => status).sort()).toEqual([401, ...Array(11).fill(429)]);
  });

  it('do not keep the owner out on a device, or at an address, that has opened the account', async () => {
    const { registration, email, address, deviceToken } = await anOwner();
    await guessAlot(email);
    const login = (more: object, at: string) => shop.post('/login', { ...registration, ...more }, from(at));
    expect((await login({}, newAddress())).status).toBe(429);
    expect((await login({}, address)).status).toBe(200);
    const elsewhere = newAddress();
    const reply = await login({ deviceToken }, elsewhere);
    expect(reply).toMatchObject({ status: 200, body: { deviceToken } });
    expect((await login({}, elsewhere)).status).toBe(200);
  });

  it('do not keep the owner out who shares an address with them', async () => {
    const { registration, email, deviceToken } = await anOwner();
    const shared = newAddress();
    for (const _ of times(7)) await guess(email, {}, shared);
    for (const _ of times(7)) await guess(aRegistration().email, {}, shared);
    const login = (more: object) => shop.post('/login', { ...registration, ...more }, from(shared));
    expect((await login({})).status).toBe(429);
    expect((await login({ deviceToken })).status).toBe(200);
  });

  it('do not keep the owner from changing the password', async () => {
    const { registration, email, deviceToken } = await anOwner();
    const { body } = await shop.post('/login', { ...registration, deviceToken }, from(newAddress()));
    await guessAlot(email);
    const change = { currentPassword: registration.password, newPassword: 'battery staple' };
    expect((await shop.as(body.token)('POST', '/password', change)).status).toBe(204);
  });

  it('are counted by the device where it is known, a copy of whose token keeps nobody out', async () => {
    const { registration, email, address, deviceToken } = await anOwner();
    await guessAlot(email);
    for (const _ of times(3)) expect((await guess(email, { deviceToken }))[0]).toBe(401);
    expect((await guess(email, { deviceToken }))[0]).toBe(429);
    expect((await shop.post('/login', { ...registration, deviceToken }, from(address))).status).toBe(200);
  });

  it.each([
    ['another account', async () => (await anOwner()).deviceToken],
    ['a stranger’s making', async ({ deviceToken }: { deviceToken: string }) => `x${deviceToken}`],
    ['nothing', async () => ''],
  ])('are those of strangers with a device token of %s', async (_what, tokenOf) => {
    const owner = await anOwner();
    await guessAlot(owner.email);
    const deviceToken = await tokenOf(owner);
    const reply = await shop.post('/login', { ...owner.registration, deviceToken }, from(newAddress()));
    expect(reply.status).toBe(429);
  });

  it.each([[null], [7], [['x']], ['x'.repeat(201)]])(
    'come with no device token like %j',
    async (deviceToken) => {
      const reply = await shop.post('/login', { ...aRegistration(), deviceToken }, from(newAddress()));
      expect(reply).toMatchObject({ status: 400, body: { errors: [{ field: 'deviceToken' }] } });
    },
  );
});

describe('limits behind proxies that are known by their addresses', () => {
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({
      environment: { TRUST_PROXY: 'loopback, 10.9.0.0/16', REGISTRATIONS_PER_ADDRESS: '1/1m' },
    });
  });
  afterAll(() => shop.stop());

  const register = async (forwardedFor: string) =>
    (await shop.post('/register', aRegistration(), from(forwardedFor))).status;

  it('count by the address that the last of them saw, whatever is claimed before it', async () => {
    expect(await register('203.0.113.1, 10.9.0.1')).toBe(201);
    expect(await register('203.0.113.2, 10.9.0.1')).toBe(201);
    expect(await register('198.51.100.1, 203.0.113.1, 10.9.0.2')).toBe(429);
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
    const failures = await shop.database.sql(`SELECT FROM rate_limits WHERE key LIKE 'failed-login%'`);
    expect(failures).toEqual([]);
    expect(await Promise.all(underWay)).toEqual([expect.any(String), expect.any(String)]);
  });
});

describe('a hundred log-ins of one address', () => {
  const threads = 1;
  let compared = 0;
  const pool = createPasswordPool({ rounds: 10, logger, threads, maxWaitingOfAddress: 20 });
  const passwords: typeof pool = {
    ...pool,
    compare: async (...args) => {
      const comparison = await pool.compare(...args);
      compared += 1;
      return comparison;
    },
  };
  let shop: Harness;
  beforeAll(async () => {
    shop = await startHarness({ passwords, environment: { TRUST_PROXY: '1' } });
  });
  afterAll(() => shop.stop());

  it('let another address wait for no more than a few passwords', async () => {
    const registration = aRegistration();
    await shop.post('/register', registration, from('10.2.0.1'));
    const greedy = times(100).map(() => shop.post('/login', aRegistration(), from('10.2.0.2')));
    await waitFor(() => passwords.waiting() === 20, { what: 'as many to wait as may' });
    const before = compared;
    expect((await shop.post('/login', registration, from('10.2.0.1'))).status).toBe(200);
    expect(compared - before).toBeLessThanOrEqual(4);
    const statuses = (await Promise.all(greedy)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 503]));
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(21);
  });
});
