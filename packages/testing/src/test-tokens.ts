import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

export type TestClaims = {
  id: number;
  email: string;
  role: 'customer' | 'admin';
  /** Further or other claims, e.g. `exp`, `iss` or `aud` for a token that must be refused. */
  [claim: string]: unknown;
};

export type TestTokens = {
  keyId: string;
  /** PKCS #8, for a user service that has to sign with this key. */
  privateKeyPem: string;
  publicJwk: JsonWebKey;
  jwks: { keys: JsonWebKey[] };
  /** A token as the user service makes them: ES256, 15 minutes, issuer and audience `shop`. */
  token(claims: TestClaims, signOptions?: jwt.SignOptions): string;
  /** Serves the key set over HTTP, as the user service does. `url` is that of the document. */
  startJwksServer(): Promise<{ url: string; close: () => Promise<void> }>;
};

/** A signing key of the test's own, and tokens made with it, so that no test has to register and log in. */
export function createTestTokens(): TestTokens {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = randomUUID();
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' };
  const jwks = { keys: [publicJwk] };
  return {
    keyId,
    privateKeyPem,
    publicJwk,
    jwks,
    token: (claims, signOptions) =>
      jwt.sign({ iss: 'shop', aud: 'shop', exp: inFifteenMinutes(), ...claims }, privateKeyPem, {
        algorithm: 'ES256',
        keyid: keyId,
        ...signOptions,
      }),
    startJwksServer: () => serveJson(jwks),
  };
}

const inFifteenMinutes = () => Math.floor(Date.now() / 1000) + 15 * 60;

async function serveJson(document: unknown): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
