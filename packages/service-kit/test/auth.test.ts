import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  createTokenVerifier,
  currentUser,
  type KeySource,
  requireAdmin,
  requireUser,
} from '@shop/service-kit';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { problem } from './support/problems.ts';
import { createTestApp } from './support/test-app.ts';

const ours = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const theirs = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const published = new Map<string, KeyObject>([
  ['key-1', ours.publicKey],
  ['key-rsa', rsa.publicKey],
]);
const asked: string[] = [];
const keys: KeySource = {
  find: async (keyId) => {
    asked.push(keyId);
    if (keyId === 'key-away') throw problem('keys-unavailable');
    return published.get(keyId);
  },
};
const verifier = createTokenVerifier({ keys, issuer: 'shop', audience: 'shop' });
const { app } = createTestApp((router) => {
  router.use(['/me', '/admin'], requireUser(verifier));
  router.get('/me', (_req, res) => void res.json(currentUser(res)));
  router.get('/admin', requireAdmin('orders:read'), (_req, res) => void res.json('secret'));
  router.get('/forgotten', (_req, res) => void res.json(currentUser(res)));
});

const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600;
const claims = (others: object = {}) => ({
  id: 7,
  email: 'ada@shop.test',
  role: 'customer',
  iss: 'shop',
  aud: 'shop',
  exp: inAnHour(),
  ...others,
});
const sign = (others: object = {}, header: object = {}, key: KeyObject = ours.privateKey) =>
  jwt.sign(claims(others), key, { algorithm: 'ES256', header: { alg: 'ES256', kid: 'key-1', ...header } });
const { exp: _exp, ...eternal } = claims();
const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const call = (token: string | undefined, path = '/me') => {
  const ask = request(app).get(path);
  return token === undefined ? ask : ask.set('Authorization', `Bearer ${token}`);
};

it('lets a valid token pass, and says who calls', async () => {
  const reply = await call(sign());
  expect(reply.status).toBe(200);
  expect(reply.body).toMatchObject({ id: 7, email: 'ada@shop.test', role: 'customer' });
});

it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'bearer a b', 'Bearer ä'])(
  'asks for a token where the header is %j',
  async (authorization) => {
    const ask = request(app).get('/me');
    const reply = await (authorization === undefined
      ? ask
      : ask.set('Authorization', Buffer.from(authorization).toString('latin1')));
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
    expect(reply.body.code).toBe('token-missing');
  },
);

it('knows the scheme in any case (RFC 9110)', async () => {
  const reply = await request(app).get('/me').set('Authorization', `bearer   ${sign()}`);
  expect(reply.status).toBe(200);
});

it('tells an expired token from an invalid one', async () => {
  const reply = await call(sign({ exp: Math.floor(Date.now() / 1_000) - 1 }));
  expect([reply.status, reply.body.code]).toEqual([401, 'token-expired']);
});

const hs256 = (secret: string | Buffer) => {
  const input = `${base64({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${base64(claims())}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const publicPem = ours.publicKey.export({ type: 'spki', format: 'pem' });
const unsigned = (header: object, payload: unknown = claims()) => `${base64(header)}.${base64(payload)}.`;
const [validHead, validBody, validSignature] = sign().split('.');

it.each([
  ['of another audience', sign({ aud: 'others' })],
  ['of another issuer', sign({ iss: 'others' })],
  ['that never expires', jwt.sign(eternal, ours.privateKey, { algorithm: 'ES256', keyid: 'key-1' })],
  ['that is not valid yet', sign({ nbf: inAnHour() })],
  ['without a user id', sign({ id: undefined })],
  ['whose user id is a text', sign({ id: '7' })],
  ['of a role nobody has', sign({ role: 'root' })],
  ['without an email', sign({ email: null })],
  ['signed by somebody else', sign({}, {}, theirs.privateKey)],
  ['of a key that nobody published', sign({}, { kid: 'key-2' }, theirs.privateKey)],
  ['without a key id', jwt.sign(claims(), ours.privateKey, { algorithm: 'ES256' })],
  ['whose key id is no text', unsigned({ alg: 'ES256', kid: { toString: 1 } })],
  ['with algorithm none', unsigned({ alg: 'none', kid: 'key-1' })],
  [
    'with algorithm NoNe and our signature',
    `${base64({ alg: 'NoNe', kid: 'key-1' })}.${validBody}.${validSignature}`,
  ],
  ['signed with HS256 and the public key as its secret', hs256(publicPem)],
  ['signed with RS256', jwt.sign(claims(), rsa.privateKey, { algorithm: 'RS256', keyid: 'key-rsa' })],
  ['that claims ES256 with an RSA key', unsigned({ alg: 'ES256', kid: 'key-rsa' })],
  [
    'that brings its own key',
    sign({}, { jwk: theirs.publicKey.export({ format: 'jwk' }) }, theirs.privateKey),
  ],
  ['that was changed', `${validHead}.${base64(claims({ role: 'admin' }))}.${validSignature}`],
  ['without its signature', `${validHead}.${validBody}.`],
  [
    'whose payload is not JSON',
    `${base64({ alg: 'ES256', typ: 'JWT', kid: 'key-1' })}.${base64('not json')}.AA`,
  ],
  ['whose payload is null', unsigned({ alg: 'ES256', typ: 'JWT', kid: 'key-1' }, 'null')],
  ['whose header is not JSON', `${base64('not json')}.${validBody}.${validSignature}`],
  ['that is no token', 'abc'],
])('refuses a token %s', async (_, token) => {
  const reply = await call(token);
  expect([reply.status, reply.body.code]).toEqual([401, 'invalid-token']);
  expect(reply.text).not.toMatch(/jwt|signature|audience/);
});

it('looks at no key but the published ones, wherever a token points', async () => {
  asked.length = 0;
  const elsewhere = { jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/cert' };
  expect((await call(sign({}, elsewhere, theirs.privateKey))).status).toBe(401);
  expect((await call(sign({}, elsewhere))).status).toBe(200);
  expect(asked).toEqual(['key-1', 'key-1']);
});

it('answers 503, never 401, when the keys cannot be had', async () => {
  const reply = await call(sign({}, { kid: 'key-away' }));
  expect([reply.status, reply.body.code, reply.headers['retry-after']]).toEqual([
    503,
    'keys-unavailable',
    '2',
  ]);
});

it('lets only administrators pass where only they may', async () => {
  const customer = await call(sign(), '/admin');
  expect([customer.status, customer.body.code]).toEqual([403, 'admin-only']);
  expect((await call(sign({ role: 'admin' }), '/admin')).status).toBe(200);
  expect((await call(undefined, '/admin')).status).toBe(401);
});

it('takes a route that forgot to ask for a bug, not for a guest', async () => {
  expect((await call(sign(), '/forgotten')).status).toBe(500);
});

describe('a verifier that knows standings', () => {
  let isCurrent: (id: number) => Promise<boolean>;
  const current = createTokenVerifier({
    keys,
    standings: { isCurrent: ({ id }) => isCurrent(id) },
    issuer: 'shop',
    audience: 'shop',
  });
  const verify = (role: string) =>
    current.verify(sign({ role, ...(role === 'guest' && { email: null }), sid: 'x' }));

  it('takes administrators and guests for what they are, each time', async () => {
    isCurrent = async () => true;
    for (const role of ['admin', 'guest']) expect(await verify(role)).toMatchObject({ role, sid: 'x' });
    isCurrent = async () => false;
    for (const role of ['admin', 'guest'])
      await expect(verify(role)).rejects.toMatchObject({ code: 'invalid-token' });
  });

  it('believes guests while nobody knows, and no administrators', async () => {
    isCurrent = async () => Promise.reject(problem('keys-unavailable'));
    expect(await verify('guest')).toMatchObject({ role: 'guest' });
    await expect(verify('admin')).rejects.toMatchObject({ code: 'keys-unavailable' });
  });

  it('asks nobody of customers', async () => {
    isCurrent = () => Promise.reject(new Error('It was asked.'));
    expect(await verify('customer')).toMatchObject({ role: 'customer' });
  });
});

describe('the token of an API key', () => {
  const key = { email: null, role: 'api-key', sid: '0c7f1b5e-5d0c-4a57-9d6b-0f6f3f3d2b11' };

  it('comes to a route of administrators that asks for its scope', async () => {
    const reply = await call(sign({ ...key, scope: 'catalog:write orders:read' }), '/admin');
    expect([reply.status, reply.body]).toEqual([200, 'secret']);
  });

  it.each([
    ['without the scope of the route', 'orders:write', '/admin'],
    ['with no scope at all', '', '/admin'],
    ['to a route that asks for none', 'orders:read', '/me'],
  ])('is refused %s', async (_why, scope, path) => {
    const reply = await call(sign({ ...key, scope }), path);
    expect([reply.status, reply.body.code]).toEqual([403, 'scope-missing']);
  });

  it('is none without a scope, and no other role has scopes', async () => {
    expect((await call(sign(key), '/admin')).status).toBe(401);
    const customer = await call(sign({ scope: 'orders:read' }), '/admin');
    expect([customer.status, customer.body.code]).toEqual([403, 'admin-only']);
  });
});
