import { createPublicKey } from 'node:crypto';
import { createTestTokens } from '@shop/testing';
import jwt from 'jsonwebtoken';

const tokens = createTestTokens();
const customer = { id: 7, email: 'ada@shop.test', role: 'customer' as const };
const publicKey = createPublicKey({ key: tokens.publicJwk, format: 'jwk' });
const verify = (token: string) =>
  jwt.verify(token, publicKey, { algorithms: ['ES256'], issuer: 'shop', audience: 'shop' }) as jwt.JwtPayload;

it('makes tokens as the user service does', () => {
  const token = tokens.token(customer);
  const claims = verify(token);
  expect(claims).toMatchObject({ ...customer, iss: 'shop', aud: 'shop' });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(15 * 60);
  expect(jwt.decode(token, { complete: true })?.header).toMatchObject({ alg: 'ES256', kid: tokens.keyId });
});

it('makes tokens that must be refused', () => {
  expect(() => verify(tokens.token({ ...customer, exp: 1 }))).toThrow('jwt expired');
  expect(() => verify(tokens.token({ ...customer, aud: 'others' }))).toThrow('jwt audience invalid');
  expect(() => verify(createTestTokens().token(customer))).toThrow('invalid signature');
});

it('serves its public key, and nothing private', async () => {
  const server = await tokens.startUserService();
  const keys = await (await fetch(server.jwksUrl)).json();
  await server.close();
  expect(keys).toEqual({ keys: [tokens.publicJwk] });
  expect(Object.keys(tokens.publicJwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  await expect(fetch(server.url)).rejects.toThrow();
});
