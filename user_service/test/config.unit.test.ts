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
    const { DATABASE_URL, JWT_PRIVATE_KEY } = good;
    expect(readConfig({ DATABASE_URL, JWT_PRIVATE_KEY })).toMatchObject({
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

  it('limit attempts as they say, and a demo hardly at all', () => {
    const limited = readConfig({ ...good, SHOP_DEMO: '1', LOGINS_PER_ADDRESS: '4/1m' }).attemptLimits;
    expect(limited.loginsPerAddress).toEqual({ points: 4, duration: 60 });
    expect(limited.registrationsPerAddress).toEqual({ points: 30_000, duration: 3_600 });
  });

  it.each(['4', '4/m', '0/1m', '4/1d', '4/0s', '-4/1m'])('refuse a limit of %s', (limit) => {
    expect(problemsOf({ ...good, LOGINS_PER_ADDRESS: limit })).toEqual([
      `LOGINS_PER_ADDRESS must be attempts in a time, such as 100/15m, not "${limit}"`,
    ]);
  });

  it('take the demo passwords for a demo only', () => {
    expect(
      readConfig({ ...good, SEED_DEMO_EMAIL: 'x@shop.test', SEED_DEMO_PASSWORD: 'long enough' }).seedAccounts,
    ).toEqual([]);
    expect(readConfig({ ...good, SHOP_DEMO: 'true' }).seedAccounts).toHaveLength(2);
  });
});
