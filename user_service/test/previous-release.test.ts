import bcrypt from 'bcryptjs';
import { migrateUserDatabase } from 'user_service';
import { aRegistration, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

/** An account as the previous release writes it. */
const given = (email: string, password: string) =>
  shop.database.sql(`INSERT INTO users (username, email, password_hash) VALUES ('Zoe', $1, $2)`, [
    email,
    bcrypt.hashSync(password, 4),
  ]);

const emailOf = async (email: string, password: string) => {
  const { body } = await shop.post('/login', { email, password });
  return body.token && (await shop.get('/validate', body.token)).body.email;
};

const composed = 'zo\u00eb@shop.test';
const decomposed = 'zoe\u0308@shop.test';

describe('an account of the previous release', () => {
  it('is found by its email, before its canonical form is filled in and after', async () => {
    await given('ada@shop.test', 'password of ada');
    await given(decomposed, 'password of zoe');
    await given('eva@b\u00fccher.test', 'password of eva');
    expect(await emailOf('Ada@shop.test', 'password of ada')).toBe('ada@shop.test');
    expect(await emailOf(decomposed, 'password of zoe')).toBe(decomposed);

    await migrateUserDatabase(shop.database.ownerUrl);

    expect(await emailOf('Ada@shop.test', 'password of ada')).toBe('ada@shop.test');
    expect(await emailOf(decomposed, 'password of zoe')).toBe(decomposed);
    expect(await emailOf(composed, 'password of zoe')).toBe(decomposed);
    expect(await emailOf('eva@xn--bcher-kva.test', 'password of eva')).toBe('eva@b\u00fccher.test');
    for (const email of ['ADA@shop.test', composed, 'eva@xn--bcher-kva.test'])
      expect((await shop.post('/register', { ...aRegistration(), email })).status).toBe(409);
  });

  it('can still be opened when another has the same email written in another way', async () => {
    await given('zoe@b\u00fccher.test', 'the oldest one');
    await given('zoe@bu\u0308cher.test', 'the second one');
    await given(decomposed, 'the decomposed one');
    await given(composed, 'the composed one');

    await migrateUserDatabase(shop.database.ownerUrl);
    await migrateUserDatabase(shop.database.ownerUrl);

    expect(await emailOf('zoe@b\u00fccher.test', 'the oldest one')).toBe('zoe@b\u00fccher.test');
    expect(await emailOf('zoe@bu\u0308cher.test', 'the second one')).toBe('zoe@bu\u0308cher.test');
    expect(await emailOf('ZOE@xn--bcher-kva.test', 'the oldest one')).toBe('zoe@b\u00fccher.test');
    expect(await emailOf(decomposed, 'the decomposed one')).toBe(decomposed);
    expect(await emailOf(composed, 'the composed one')).toBe(composed);
  });

  it('opens by its password as it was typed', async () => {
    const password = 'caf\u00e9 \u00bd \ufdfa';
    await given('ada@shop.test', password);
    await given('eva@shop.test', 'cafe\u0301 by day');
    expect(await emailOf('ada@shop.test', password)).toBe('ada@shop.test');
    expect(await emailOf('eva@shop.test', 'cafe\u0301 by day')).toBe('eva@shop.test');
    await given('long@shop.test', '\u00bd'.repeat(36));
    expect(await emailOf('long@shop.test', '\u00bd'.repeat(36))).toBe('long@shop.test');
  });

  it('whose email nobody could register any more can log in', async () => {
    await given('ada@intranet', 'password of ada');
    expect(await emailOf('Ada@intranet', 'password of ada')).toBe('ada@intranet');
  });

  it('finds that the email is taken by one of this release', async () => {
    const registration = { ...aRegistration(), email: 'Ada@Shop.test' };
    await shop.post('/register', registration);
    const again = given('ada@shop.test', 'password of ada');
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'users_email_key' });
  });
});
