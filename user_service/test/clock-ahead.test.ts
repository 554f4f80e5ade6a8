import { setClockAhead, waitFor } from '@shop/testing';
import { aRegistration, type Harness, startHarness } from './support/harness.ts';

const hourMs = 3_600_000;
const from = (address: string) => ({ 'x-forwarded-for': address });

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness({
    environment: { TRUST_PROXY: '1', WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: '3/15m', PURGE_MS: '50' },
  });
});
afterEach(() => shop.stop());

const guess = async (email: string) => {
  const reply = await shop.post('/login', { email, password: 'wrong horse' }, from('10.9.0.1'));
  return { status: reply.status, retryAfter: Number(reply.headers.get('retry-after')) };
};

it('an instance whose clock is an hour ahead knows what others counted, and keeps nobody out for longer', async () => {
  const { email } = aRegistration();
  expect((await guess(email)).status).toBe(401);
  const setRight = setClockAhead(hourMs);
  try {
    expect((await guess(email)).status).toBe(401);
    expect((await guess(email)).status).toBe(401);
    expect(await guess(email)).toEqual({ status: 429, retryAfter: expect.closeTo(900, -2) });
  } finally {
    setRight();
  }
  expect(await guess(email)).toEqual({ status: 429, retryAfter: expect.closeTo(900, -2) });
});

it('deletes all counts that are over, and no others', async () => {
  const inHours = (hours: number) => Date.now() + hours * hourMs;
  await shop.database.sql(
    `INSERT INTO rate_limits (key, points, expire) SELECT 'old-' || n, 1, $1 FROM generate_series(1, 2500) n`,
    [inHours(-1)],
  );
  await shop.database.sql(`INSERT INTO rate_limits (key, points, expire) VALUES ('new', 1, $1)`, [
    inHours(0.5),
  ]);
  const setRight = setClockAhead(hourMs);
  try {
    const left = () => shop.database.sql('SELECT key FROM rate_limits');
    await waitFor(async () => (await left()).length === 1);
    expect(await left()).toEqual([{ key: 'new' }]);
  } finally {
    setRight();
  }
});
