import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

export type TestClaims = {
  id: number;
  email: string | null;
  role: 'guest' | 'customer' | 'admin';
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
    /** The user service as the others ask it: for its keys, and whether users still are what their tokens say. */
    startUserService: () => startUserService({ keys: [publicJwk] }),
  };
}

const inFifteenMinutes = () => Math.floor(Date.now() / 1000) + 15 * 60;

async function startUserService(jwks: object) {
  /** Ids of users of whom no token is true any more. */
  const outdated = new Set<number>();
  const asked: string[] = [];
  const fault = { status: 200 };
  const server = createServer(({ url = '' }, response) => {
    const [, id] = /^\/users\/(\d+)\/standing\?/.exec(url) ?? [];
    if (id !== undefined) {
      asked.push(url);
      response.statusCode = fault.status;
    }
    const document = id === undefined ? jwks : { current: !outdated.has(Number(id)) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    /** `USER_SERVICE_URL` and `JWKS_URL`. */
    url,
    jwksUrl: `${url}/.well-known/jwks.json`,
    outdated,
    /** Each request of a standing, the path with its query. */
    asked,
    /** How it answers of standings. */
    fault,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
