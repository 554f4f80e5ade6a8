import { generateKeyPairSync } from 'node:crypto';
import { createUserService, readConfig } from 'user_service';
import {
  aCustomer,
  afterThisTest,
  environmentFor,
  type Harness,
  observer,
  publicKeyPem,
  startHarness,
} from './support/harness.ts';

const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privatePem = next.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = next.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Where the key is changed in steps: one instance still signs with the old one, and another with the next. */
async function startBoth() {
  const old: Harness = await startHarness({ environment: { JWT_PUBLIC_KEYS: publicPem } });
  afterThisTest(old.stop);
  const settings = { JWT_PRIVATE_KEY: privatePem, JWT_PUBLIC_KEYS: publicKeyPem };
  const config = readConfig({ ...environmentFor(old.database.url), ...settings });
  const service = createUserService(config, { logger: old.logger, observer });
  afterThisTest(service.stop);
  const { port } = await service.start();
  const call = async (path: string, init: RequestInit) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, init);
    return { status: reply.status, body: (await reply.json()) as Record<string, string> };
  };
  return {
    old,
    get: (path: string, token = '') => call(path, { headers: { authorization: `Bearer ${token}` } }),
    refresh: (refreshToken = '') =>
      call('/refresh', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ refreshToken }),
      }),
  };
}

it('a change of the key logs nobody out, whichever instance answers', async () => {
  const { old, get, refresh } = await startBoth();
  const { token, refreshToken } = await aCustomer(old);
  expect((await get('/me', token)).status).toBe(200);
  const refreshed = await refresh(refreshToken);
  expect(refreshed.status).toBe(200);
  expect((await old.get('/me', refreshed.body['token'])).status).toBe(200);
  expect((await old.post('/refresh', { refreshToken: refreshed.body['refreshToken'] })).status).toBe(200);
});

it('a repeat that the other instance answers is as good', async () => {
  const { old, refresh } = await startBoth();
  const { refreshToken } = await aCustomer(old);
  const first = await old.post('/refresh', { refreshToken });
  const repeat = await refresh(refreshToken);
  for (const { status, body } of [first, repeat]) {
    expect(status).toBe(200);
    expect((await refresh(body['refreshToken'])).status).toBe(200);
  }
});
