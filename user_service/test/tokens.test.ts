import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createRemoteKeys, createTokenVerifier } from '@shop/service-kit';
import jwt from 'jsonwebtoken';
import { aRegistration, type Harness, privateKey, publicKeyPem, startHarness } from './support/harness.ts';

const nextKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const nextKeyPem = nextKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();

let shop: Harness;
let keyId: string;
beforeAll(async () => {
  shop = await startHarness({ environment: { JWT_PUBLIC_KEYS: nextKeyPem.replaceAll('\n', '\\n') } });
  keyId = shop.config.jwtPrivateKey.keyId;
});
afterAll(() => shop.stop());

const ada = { id: 1, email: 'ada@shop.test', role: 'customer' };
const sign = (options: jwt.SignOptions = {}, claims: object = ada, key: KeyObject = privateKey) =>
  jwt.sign(claims, key, {
    algorithm: 'ES256',
    keyid: keyId,
    issuer: 'shop',
    audience: 'shop',
    expiresIn: 60,
    ...options,
  });
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsText = () =>
  base64url({ ...ada, iss: 'shop', aud: 'shop', exp: Math.floor(Date.now() / 1_000) + 60 });
const unsigned = () => `${base64url({ alg: 'none', typ: 'JWT', kid: keyId })}.${claimsText()}.`;
const hmacSigned = () => {
  const content = `${base64url({ alg: 'HS256', typ: 'JWT', kid: keyId })}.${claimsText()}`;
  return `${content}.${createHmac('sha256', publicKeyPem).update(content).digest('base64url')}`;
};
const tampered = () => {
  const [header, , signature] = sign().split('.');
  return `${header}.${base64url({ ...ada, role: 'admin', iss: 'shop', aud: 'shop', exp: 9_999_999_999 })}.${signature}`;
};

describe('GET /validate', () => {
  it.each(['/validate', '/auth/validate'])('gives the claims at %s', async (path) => {
    const reply = await shop.get(path, sign());
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ ...ada, iss: 'shop', aud: 'shop', exp: expect.any(Number) });
  });

  it('accepts the next key before it signs', async () => {
    const next = shop.config.jwtPublicKeys[0]?.keyId ?? '';
    expect((await shop.get('/validate', sign({ keyid: next }, ada, nextKey.privateKey))).status).toBe(200);
  });

  it.each<[string, () => string, string]>([
    ['an expired token', () => sign({ expiresIn: -1 }), 'token-expired'],
    ['alg none', unsigned, 'invalid-token'],
    ['HS256 with the public key as its secret', hmacSigned, 'invalid-token'],
    ['another audience', () => sign({ audience: 'bank' }), 'invalid-token'],
    ['another issuer', () => sign({ issuer: 'bank' }), 'invalid-token'],
    ['an unknown key id', () => sign({ keyid: 'unknown' }), 'invalid-token'],
    ['another key under our key id', () => sign({}, ada, strangerKey.privateKey), 'invalid-token'],
    ['changed claims', tampered, 'invalid-token'],
    ['an unknown role', () => sign({}, { ...ada, role: 'root' }), 'invalid-token'],
    ['what is no token', () => 'abc', 'invalid-token'],
  ])('refuses %s', async (_what, token, code) => {
    const reply = await shop.get('/validate', token());
    expect(reply.status).toBe(401);
    expect(reply.body.code).toBe(code);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('refuses a request without a token', async () => {
    const reply = await shop.get('/validate');
    expect(reply.status).toBe(401);
    expect(reply.body.code).toBe('token-missing');
  });
});

describe('the key set', () => {
  it('holds the public keys, and nothing private', async () => {
    const reply = await shop.get('/.well-known/jwks.json');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('public, max-age=300');
    const shape = {
      kty: 'EC',
      crv: 'P-256',
      use: 'sig',
      alg: 'ES256',
      x: expect.any(String),
      y: expect.any(String),
    };
    expect(reply.body).toEqual({
      keys: [
        { ...shape, kid: keyId },
        { ...shape, kid: shop.config.jwtPublicKeys[0]?.keyId },
      ],
    });
  });

  it('lets another service verify a token of a log-in', async () => {
    const registration = aRegistration();
    const { user } = (await shop.post('/register', registration)).body;
    const { token } = (await shop.post('/login', registration)).body;
    const keys = createRemoteKeys({ urls: [`${shop.baseUrl}/.well-known/jwks.json`], logger: shop.logger });
    const verifier = createTokenVerifier({ keys, issuer: 'shop', audience: 'shop' });
    expect(await verifier.verify(token)).toMatchObject({ id: user.id, role: 'customer' });
    await expect(verifier.verify(sign({}, ada, strangerKey.privateKey))).rejects.toMatchObject({
      code: 'invalid-token',
    });
  });
});
