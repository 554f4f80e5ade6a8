import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@shop/service-kit';
import { readConfig } from 'user_service';
import { environmentFor, privateKeyPem, publicKeyPem } from './support/harness.ts';

const good = environmentFor('postgres://users:secret@127.0.0.1:5432/shop');

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const pemOf = (curve: string) =>
  generateKeyPairSync('ec', { namedCurve: curve })
    .privateKey.export({ type: 'sec1', format: 'pem' })
    .toString();

describe('the settings', () => {
  it('have defaults where a default is safe', () => {
    const { DATABASE_URL, JWT_PRIVATE_KEY, SERVICE_SECRETS } = good;
    expect(readConfig({ DATABASE_URL, JWT_PRIVATE_KEY, SERVICE_SECRETS })).toMatchObject({
      port: 6000,
      host: '127.0.0.1',
      shutdownPauseMs: 0,
      jwtIssuer: 'shop',
      jwtAudience: 'shop',
      bcryptRounds: 12,
      trustProxy: 0,
      attemptLimits: {
        registrationsPerAddress: { points: 30, duration: 3_600 },
        loginsPerAddress: { points: 100, duration: 900 },
        wrongPasswordsPerAccountAndAddress: { points: 10, duration: 900 },
        wrongPasswordsPerAccount: { points: 100, duration: 3_600 },
      },
      seedAccounts: [],
      jwtPublicKeys: [],
    });
  });

  it('are all named when they are missing or wrong', () => {
    const problems = problemsOf({
      PORT: 'http',
      BCRYPT_ROUNDS: '3',
      JWT_PUBLIC_KEYS: 'x',
      SHOP_DEMO: '1',
      SEED_ADMIN_EMAIL: 'boss',
      SEED_DEMO_PASSWORD: 'short',
    });
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'BCRYPT_ROUNDS',
      'DATABASE_URL',
      'JWT_PRIVATE_KEY',
      'JWT_PUBLIC_KEYS',
      'PORT',
      'SEED_ADMIN_EMAIL',
      'SEED_ADMIN_PASSWORD',
      'SEED_DEMO_EMAIL',
      'SEED_DEMO_PASSWORD',
      'SERVICE_SECRETS',
    ]);
    expect(problems.join()).not.toContain('short');
  });

  it('take the key with escaped line ends, or from a file', () => {
    const { keyId } = readConfig(good).jwtPrivateKey;
    expect(
      readConfig({ ...good, JWT_PRIVATE_KEY: privateKeyPem.replaceAll('\n', '\\n') }).jwtPrivateKey.keyId,
    ).toBe(keyId);
    const folder = mkdtempSync(join(tmpdir(), 'user-config-'));
    const file = join(folder, 'key.pem');
    writeFileSync(file, privateKeyPem);
    const { JWT_PRIVATE_KEY: _, ...others } = good;
    expect(readConfig({ ...others, JWT_PRIVATE_KEY_FILE: file }).jwtPrivateKey.keyId).toBe(keyId);
    rmSync(folder, { recursive: true });
  });

  it('name a key by its RFC 7638 thumbprint', () => {
    // The public key of RFC 7517, appendix A.1.
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
      y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
    };
    const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const { jwtPublicKeys } = readConfig({ ...good, JWT_PUBLIC_KEYS: `${pem}${publicKeyPem}` });
    expect(jwtPublicKeys.map(({ keyId }) => keyId)).toEqual([
      'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
      readConfig(good).jwtPrivateKey.keyId,
    ]);
  });

  it.each([
    ['another curve', pemOf('P-384'), /^JWT_PRIVATE_KEY must be a key on the curve P-256.*secp384r1/],
    ['no key', 'secret', /^JWT_PRIVATE_KEY must be a private key in PEM format$/],
    ['a public key', publicKeyPem, /^JWT_PRIVATE_KEY must be a private key in PEM format$/],
  ])('refuse %s', (_what, JWT_PRIVATE_KEY, problem) => {
    expect(problemsOf({ ...good, JWT_PRIVATE_KEY })).toEqual([expect.stringMatching(problem)]);
  });

  it('refuse a private key among the public ones', () => {
    expect(problemsOf({ ...good, JWT_PUBLIC_KEYS: publicKeyPem + privateKeyPem })).toHaveLength(1);
  });

  it('take which proxies to believe, but not just anybody', () => {
    const { trustProxy } = readConfig({ ...good, TRUST_PROXY: 'loopback, 10.0.0.0/8' });
    expect(trustProxy).toEqual(['loopback', '10.0.0.0/8']);
    expect(problemsOf({ ...good, TRUST_PROXY: 'true' })).toEqual([
      expect.stringMatching(/^TRUST_PROXY must not be "true": then anybody could claim any address/),
    ]);
  });

  it('send mails by three settings, or not at all', () => {
    const mail = {
      SMTP_URL: 'smtps://user:secret@mail.test',
      MAIL_FROM: 'Shop <shop@shop.test>',
      STOREFRONT_URL: 'https://shop.test/',
    };
    expect(readConfig(good).mail).toBeUndefined();
    expect(readConfig({ ...good, ...mail }).mail).toEqual({
      smtpUrl: mail.SMTP_URL,
      mailFrom: mail.MAIL_FROM,
      storefrontUrl: 'https://shop.test',
    });
    expect(readConfig({ ...good, ...mail, MAIL_FROM: 'shop@shop.test' }).mail).toBeDefined();
    expect(problemsOf({ ...good, SMTP_URL: mail.SMTP_URL })).toEqual([
      expect.stringMatching(/^MAIL_FROM is missing .*all three/),
      expect.stringMatching(/^STOREFRONT_URL is missing .*all three/),
    ]);
    expect(problemsOf({ ...good, STOREFRONT_URL: 'https://shop.test' })).toHaveLength(2);
  });

  it.each([
    ['SMTP_URL', 'https://user:secret@mail.test'],
    ['SMTP_URL', 'mail.test'],
    ['SMTP_URL', 'smtp://'],
    ['MAIL_FROM', 'Shop'],
    ['MAIL_FROM', 'Shop <shop@shop.test'],
    ['MAIL_FROM', 'Shop <shop@shop.test>, all@shop.test'],
    ['MAIL_FROM', 'a@shop.test\r\nBcc: all@shop.test'],
    ['STOREFRONT_URL', 'shop.test'],
  ])('refuse %s as %s', (name, value) => {
    const mail = { SMTP_URL: 'smtp://m.test', MAIL_FROM: 'a@m.test', STOREFRONT_URL: 'https://shop.test' };
    const problems = problemsOf({ ...good, ...mail, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} must be`))]);
    expect(problems.join()).not.toContain('secret');
  });

  it('limit attempts as they say, whether it is a demo or not', () => {
    const limited = readConfig({
      ...good,
      ATTEMPTS_FACTOR: '1000',
      LOGINS_PER_ADDRESS: '4/1m',
    }).attemptLimits;
    expect(limited.loginsPerAddress).toEqual({ points: 4, duration: 60 });
    expect(limited.registrationsPerAddress).toEqual({ points: 30_000, duration: 3_600 });
    const { registrationsPerAddress } = readConfig({ ...good, SHOP_DEMO: '1' }).attemptLimits;
    expect(registrationsPerAddress).toEqual({ points: 30, duration: 3_600 });
  });

  it.each(['4', '4/m', '0/1m', '4/1d', '4/0s', '-4/1m'])('refuse a limit of %s', (limit) => {
    expect(problemsOf({ ...good, LOGINS_PER_ADDRESS: limit })).toEqual([
      `LOGINS_PER_ADDRESS must be so many in a time, such as 100/15m, not "${limit}"`,
    ]);
  });

  it('refuse a seed password that is guessed first, without showing it', () => {
    for (const password of ['Password1234', 'very.first.boss', '0000000000']) {
      const admin = { ...good, SEED_ADMIN_EMAIL: 'very-first-boss@shop.test', SEED_ADMIN_PASSWORD: password };
      expect(problemsOf(admin)).toEqual([expect.stringMatching(/^SEED_ADMIN_PASSWORD must (not be|have)/)]);
      expect(problemsOf(admin).join()).not.toContain(password);
    }
  });

  it('take the demo passwords for a demo only', () => {
    const admin = { ...good, SEED_ADMIN_EMAIL: 'x@shop.test', SEED_ADMIN_PASSWORD: 'admin-password' };
    expect(problemsOf(admin)).toEqual([
      'SEED_ADMIN_PASSWORD must not be that of a demo, which everybody can read',
    ]);
    expect(readConfig({ ...admin, SHOP_DEMO: 'true' }).seedAccounts).toHaveLength(2);
    expect(readConfig(good).seedAccounts).toEqual([]);
  });
});
