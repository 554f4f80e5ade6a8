import { generateKeyPairSync, randomUUID } from 'node:crypto';
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

/** A signing key of the test's own, and tokens made with it, so that no test has to register and log in. */
export function createTestTokens() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = randomUUID();
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' };
  return {
    keyId,
    publicJwk,
    /** A token as the user service makes them: ES256, 15 minutes, issuer and audience `shop`. */
    token: (claims: TestClaims) =>
      jwt.sign({ iss: 'shop', aud: 'shop', exp: inFifteenMinutes(), ...claims }, privateKey, {
        algorithm: 'ES256',
        keyid: keyId,
      }),
    /** Serves the key set over HTTP, as the user service does. `url` is that of the document. */
    startJwksServer: () => serveJson({ keys: [publicJwk] }),
  };
}

const inFifteenMinutes = () => Math.floor(Date.now() / 1000) + 15 * 60;

async function serveJson(document: unknown) {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/.well-known/jwks.json`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
