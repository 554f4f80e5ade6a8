import { createPublicKey } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesOf } from '../src/bootstrap/secrets-volume.ts';
import { keepSecrets, newSigningKey } from '../src/secrets.ts';
import { runSigningKeys } from '../src/signing-keys/command.ts';
import { secretsPlace, settingsPlace } from '../src/signing-keys/places.ts';
import { nextStep, publicKeysOf, replaceKey, type SigningKeys, takeStep } from '../src/signing-keys/steps.ts';
import { openShop, stackEnvironment, type TestShop } from './support/shop.ts';

const day = 24 * 60 * 60_000;
const publicKeyCount = (pem: string) => pem.match(/BEGIN PUBLIC KEY/g)?.length ?? 0;

describe('a change of the key that signs', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const begun: SigningKeys = { jwtPrivateKey: newSigningKey() };
  const publicHalf = ({ jwtPrivateKey }: SigningKeys) =>
    createPublicKey(jwtPrivateKey).export({ type: 'spki', format: 'pem' });
  const step = (keys: SigningKeys) => takeStep(keys, { now, newKey: newSigningKey });

  it('publishes the next key, signs with it beside the old one, and forgets that', () => {
    const published = step(begun);
    expect(published.jwtPrivateKey).toBe(begun.jwtPrivateKey);
    const signs = step(published);
    expect(signs.jwtPrivateKey).not.toBe(begun.jwtPrivateKey);
    expect(publicKeysOf(published)).toBe(publicHalf(signs));
    expect(publicKeysOf(signs)).toBe(publicHalf(begun));
    expect(step(signs)).toEqual({ jwtPrivateKey: signs.jwtPrivateKey });
    expect(publicKeysOf(step(signs))).toBe('');
  });

  it('waits for five minutes before the next key signs, and for GUEST_DAYS and a day before the old one goes', () => {
    expect(nextStep(begun, 30)).toMatchObject({ step: 'publish' });
    expect(nextStep(step(begun), 30)).toEqual({ step: 'sign', from: new Date('2026-01-01T00:05:00Z') });
    const signs = step(step(begun));
    expect(nextStep(signs, 30)).toEqual({ step: 'forget', from: new Date('2026-02-01T00:00:00Z') });
    expect(nextStep(step(signs), 30)).toMatchObject({ step: 'publish' });
  });

  it('leaves nothing of a compromised key', () => {
    const after = replaceKey(newSigningKey);
    expect(publicKeysOf(after)).toBe('');
    expect(after.jwtPrivateKey).not.toBe(begun.jwtPrivateKey);
  });
});

describe('npx pnpm signing-keys', () => {
  let folder: string;
  let said: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shop-keys-'));
    said = '';
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (...args: string[]) =>
    runSigningKeys(
      args,
      (given) => (given === undefined ? secretsPlace(folder, 'Restart.') : settingsPlace(given)),
      { env: {}, stdout: { write: (text) => (said += text) } },
    );
  const contentOf = (name: string) => readFile(join(folder, name), 'utf8');
  /** As if the last step had been taken before. */
  async function letPass(file: string, milliseconds: number) {
    const state = JSON.parse(await contentOf(file));
    state.keyChange.since = new Date(Date.parse(state.keyChange.since) - milliseconds).toISOString();
    await writeFile(join(folder, file), JSON.stringify(state));
  }

  it('leads through a change of the settings of a deployment, and tells no key', async () => {
    const old = newSigningKey();
    await writeFile(join(folder, 'JWT_PRIVATE_KEY'), old);
    const at = ['--folder', folder];
    expect(await run(...at)).toBe(0);
    expect([await contentOf('JWT_PRIVATE_KEY'), publicKeyCount(await contentOf('JWT_PUBLIC_KEYS'))]).toEqual([
      old,
      1,
    ]);
    expect(await run(...at)).toBe(1);
    expect(said).toMatch(/too early.* 20\d\d-\d\d-\d\dT[\d:.]+Z, or with --force/);
    expect(await contentOf('JWT_PRIVATE_KEY')).toBe(old);
    await letPass('signing-keys.json', 5 * 60_000);
    expect(await run(...at)).toBe(0);
    const next = await contentOf('JWT_PRIVATE_KEY');
    expect([next === old, publicKeyCount(await contentOf('JWT_PUBLIC_KEYS'))]).toEqual([false, 1]);
    await letPass('signing-keys.json', 31 * day - 60_000);
    expect(await run(...at)).toBe(1);
    await letPass('signing-keys.json', 60_000);
    expect(await run(...at)).toBe(0);
    expect([await contentOf('JWT_PRIVATE_KEY'), await contentOf('JWT_PUBLIC_KEYS')]).toEqual([next, '']);
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(said).not.toContain('KEY-----');
  });

  it('writes the settings again that an interrupted run has not written', async () => {
    await writeFile(join(folder, 'JWT_PRIVATE_KEY'), newSigningKey());
    await run('--folder', folder);
    await rm(join(folder, 'JWT_PUBLIC_KEYS'));
    expect(await run('--folder', folder)).toBe(1);
    expect(publicKeyCount(await contentOf('JWT_PUBLIC_KEYS'))).toBe(1);
  });

  it('makes no first key where it should find one, and takes none of another kind', async () => {
    await expect(run('--folder', folder)).rejects.toThrow('Put the key that signs now');
    await writeFile(join(folder, 'JWT_PRIVATE_KEY'), 'no key');
    await expect(run('--folder', folder)).rejects.toThrow('must be a private key on the curve P-256');
    await expect(run()).rejects.toThrow('start the shop once before');
    expect(await readdir(folder)).toEqual(['JWT_PRIVATE_KEY']);
    expect(await run('--next')).toBe(2);
  });

  it('keeps all other secrets of a shop, and gives its container in compose both keys', async () => {
    const { jwtPrivateKey, ...others } = await keepSecrets(folder);
    expect(await run()).toBe(0);
    expect(await run('--force')).toBe(0);
    const secrets = await keepSecrets(folder);
    expect(secrets).toMatchObject(others);
    const { user_service } = filesOf(secrets, 'postgres:5432', {});
    expect(user_service['jwt_private_key']).not.toBe(jwtPrivateKey);
    expect(publicKeyCount(user_service['jwt_public_keys'] ?? '')).toBe(1);
    expect(await run('--compromised')).toBe(0);
    const replaced = filesOf(await keepSecrets(folder), 'postgres:5432', {}).user_service;
    expect(replaced['jwt_private_key']).not.toBe(user_service['jwt_private_key']);
    expect(replaced['jwt_public_keys']).toBe('');
  });
});

describe('in the shop on this machine', () => {
  let environment: Record<string, string>;
  let shop: TestShop;
  beforeAll(async () => {
    environment = await stackEnvironment();
    shop = await openShop({ environment });
  }, 60_000);
  afterAll(() => shop?.close(), 60_000);

  async function restart(...steps: string[][]) {
    await shop.ledger.close();
    await shop.stack.stop();
    const place = secretsPlace(shop.dataDir, 'Restart.');
    for (const args of steps)
      await runSigningKeys(args, () => place, { env: {}, stdout: { write: () => undefined } });
    shop = await openShop({ environment });
  }

  const keyIds = async (): Promise<string[]> => {
    const reply = await fetch(`${shop.stack.urls.user}/.well-known/jwks.json`);
    const { keys } = (await reply.json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const keyIdOf = (authorization: string) =>
    JSON.parse(Buffer.from(authorization.slice('Bearer '.length).split('.')[0] ?? '', 'base64url').toString())
      .kid;
  /** What each service answers who is sent this token. */
  const statuses = (authorization: string) =>
    Promise.all(
      [
        ['GET', '/me'],
        ['POST', '/products', '{}'],
        ['GET', '/orders?all=true'],
        ['POST', '/verify-payment/pi_unknown'],
      ].map(async ([method = '', path, body]) => {
        const headers = { authorization, ...(body && { 'content-type': 'application/json' }) };
        const url = `${shop.stack.urls.storefront}/api${path}`;
        return (await fetch(url, { method, headers, ...(body && { body }) })).status;
      }),
    );
  const accepted = [200, 400, 200, 404];

  it('tokens of the old key and of the next are good at all services, until the old one is forgotten', async () => {
    const before = (await shop.admin()).authorization;
    const guest = await shop.guest();
    const [old] = await keyIds();
    expect(keyIdOf(before)).toBe(old);
    expect(await statuses(before)).toEqual(accepted);

    await restart([], ['--force']);

    const after = (await shop.admin()).authorization;
    expect(keyIdOf(after)).not.toBe(old);
    expect((await keyIds()).sort()).toEqual([old, keyIdOf(after)].sort());
    expect(await statuses(before)).toEqual(accepted);
    expect(await statuses(after)).toEqual(accepted);
    expect((await guest.call('GET', '/cart')).status).toBe(200);

    await restart(['--force']);

    expect(await keyIds()).toEqual([keyIdOf(after)]);
    expect(await statuses(before)).toEqual([401, 401, 401, 401]);
    expect(await statuses(after)).toEqual(accepted);
  }, 180_000);
});
