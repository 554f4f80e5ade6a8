import { generateKeyPairSync } from 'node:crypto';
import { createRemoteKeys, type RemoteKeysOptions } from '@shop/service-kit';
import { serve } from './support/local-server.ts';
import { recordLog } from './support/log-lines.ts';
import { waitFor } from './support/wait-for.ts';

const jwk = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  alg: 'ES256',
  use: 'sig',
});
const [keyOne, keyTwo] = [jwk('one'), jwk('two')];

let server: Awaited<ReturnType<typeof serve>>;
let publishedKeys: object[];
let answer: 'well' | 'error' | 'nonsense' | 'cut';
let fetches: number;

beforeEach(async () => {
  publishedKeys = [keyOne];
  answer = 'well';
  fetches = 0;
  server = await serve((_req, res) => {
    fetches++;
    if (answer === 'cut') res.destroy();
    else if (answer === 'error') res.writeHead(500).end();
    else if (answer === 'nonsense') res.end('<html>');
    else res.end(JSON.stringify({ keys: publishedKeys }));
  });
});
afterEach(() => server.close());

const createKeys = (options: Partial<RemoteKeysOptions> = {}) =>
  createRemoteKeys({ urls: [`${server.url}/jwks.json`], logger: recordLog().logger, ...options });
const publicJwk = async (keys: ReturnType<typeof createKeys>, kid: string) =>
  (await keys.find(kid))?.export({ format: 'jwk' });

it('finds a published key, with one fetch for however many ask', async () => {
  const keys = createKeys();
  const found = await Promise.all(Array.from({ length: 20 }, () => publicJwk(keys, 'one')));
  const { x, y } = keyOne;
  for (const key of found) expect(key).toMatchObject({ x, y });
  await keys.find('one');
  expect(fetches).toBe(1);
});

it('does not fetch for each forged key id', async () => {
  const keys = createKeys();
  for (let n = 0; n < 30; n++) expect(await keys.find(`forged-${n}`)).toBeUndefined();
  expect(fetches).toBe(1);
  expect(await keys.find('one')).toBeDefined();
  expect(fetches).toBe(1);
});

it('finds a new key as soon as it may ask again, and forgets one that was withdrawn', async () => {
  const keys = createKeys({ minIntervalMs: 20 });
  await keys.find('one');
  publishedKeys = [keyTwo];
  await waitForAsync(() => keys.find('two'));
  expect(await keys.find('one')).toBeUndefined();
});

it('fetches in the background once its keys are no longer fresh', async () => {
  const keys = createKeys({ freshForMs: 0, minIntervalMs: 0 });
  await keys.find('one');
  publishedKeys = [keyOne, keyTwo];
  const before = fetches;
  expect(await keys.find('one')).toBeDefined();
  await waitFor(() => fetches > before);
  await waitForAsync(() => keys.find('two'));
});

it.each(['error', 'nonsense', 'cut'] as const)('keeps its keys when the answer is %s', async (broken) => {
  const keys = createKeys({ freshForMs: 0, minIntervalMs: 0 });
  await keys.find('one');
  answer = broken;
  for (let n = 0; n < 3; n++) {
    expect(await keys.find('one')).toBeDefined();
    expect(await keys.find('unknown')).toBeUndefined();
  }
  expect(fetches).toBeGreaterThan(3);
});

it('keeps its keys for a bounded time only', async () => {
  const keys = createKeys({ keptForMs: 60, minIntervalMs: 0 });
  await keys.find('one');
  answer = 'error';
  expect(await keys.find('one')).toBeDefined();
  await waitForAsync(() =>
    keys.find('one').then(
      () => false,
      () => true,
    ),
  );
  await expect(keys.find('one')).rejects.toMatchObject({ status: 503 });
});

it('is unavailable while it never had any key, and finds them later', async () => {
  answer = 'error';
  const keys = createKeys({ minIntervalMs: 1_000 });
  for (const id of ['one', 'forged']) {
    await expect(keys.find(id)).rejects.toMatchObject({
      status: 503,
      code: 'keys-unavailable',
      retryAfter: 1,
    });
  }
  expect(fetches).toBe(1);
  answer = 'well';
  await waitForAsync(() => keys.find('one').catch(() => false));
});

it('says when it will ask again', async () => {
  answer = 'error';
  const keys = createKeys({ minIntervalMs: 60_000 });
  await expect(keys.find('one')).rejects.toMatchObject({ retryAfter: 60 });
  await expect(createKeys().find('one')).rejects.toMatchObject({ retryAfter: 5 });
});

it('does not take an empty key set for a withdrawal of all keys', async () => {
  const keys = createKeys({ freshForMs: 0, minIntervalMs: 0 });
  await keys.find('one');
  publishedKeys = [];
  expect(await keys.find('other')).toBeUndefined();
  expect(await keys.find('one')).toBeDefined();
});

async function waitForAsync(condition: () => Promise<unknown>): Promise<void> {
  let done = false;
  await waitFor(() => {
    if (!done)
      condition().then((value) => {
        done ||= Boolean(value);
      });
    return done;
  });
}
