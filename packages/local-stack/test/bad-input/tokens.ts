import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

interface Person {
  readonly id: number;
  readonly email: string;
  readonly role: string;
}

export interface People {
  /** Has orders, payments and a cart. */
  readonly buyer: Person;
  /** Has nothing, and wants what is the buyer's. */
  readonly stranger: Person;
  readonly admin: Person;
}

export type Tokens = ReturnType<typeof createTokens>;

type Claims = Readonly<Record<string, unknown>>;

/** Good tokens of three people, and every way of a bad one, made with the key that user_service signs with. */
export function createTokens(key: KeyObject, kid: string, { buyer, stranger, admin }: People) {
  const now = Math.floor(Date.now() / 1_000);
  const head = { alg: 'ES256', typ: 'JWT', kid };
  const standard = { iss: 'shop', aud: 'shop', iat: now, exp: now + 900 };
  const good = (person: Person, claims: Claims = {}) =>
    es256(head, { ...standard, ...person, ...claims }, key);
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asAdmin = { ...standard, ...stranger, role: 'admin' };
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  return {
    buyer: good(buyer),
    stranger: good(stranger),
    admin: good(admin),
    expired: good(stranger, { iat: now - 1_000, exp: now - 100 }),
    notYetValid: good(stranger, { nbf: now + 600 }),
    wrongAudience: good(stranger, { aud: 'another-shop' }),
    wrongIssuer: good(stranger, { iss: 'https://issuer.example' }),
    withoutExpiry: good(stranger, { exp: undefined }),
    unknownRole: good(stranger, { role: 'root' }),
    textAsId: good(stranger, { id: '1' }),
    withoutId: good(stranger, { id: undefined }),
    idOutOfRange: good(stranger, { id: 2 ** 31 }),
    algorithmNone: `${part({ ...head, alg: 'none' })}.${part(asAdmin)}.`,
    hmacWithPublicKey: hs256({ ...head, alg: 'HS256' }, asAdmin, publicPem),
    foreignKey: es256(head, asAdmin, foreign.privateKey),
    unknownKeyId: es256({ ...head, kid: '../../jwks.json' }, asAdmin, foreign.privateKey),
    protoKeyId: es256({ ...head, kid: '__proto__' }, asAdmin, foreign.privateKey),
    ownKeyInHeader: es256(
      { ...head, jwk: foreign.publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1:1/jwks.json' },
      asAdmin,
      foreign.privateKey,
    ),
    withoutKeyId: es256({ alg: 'ES256', typ: 'JWT' }, asAdmin, key),
    promoted: promoted(good(stranger), asAdmin),
    derSignature: es256(head, { ...standard, ...stranger }, key, 'der'),
    withoutSignature: good(stranger).replace(/[^.]+$/, ''),
    claimsNotJson: `${part(head)}.${Buffer.from('{').toString('base64url')}.AAAA`,
  };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function es256(
  head: Claims,
  claims: Claims,
  key: KeyObject,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
) {
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding }).toString('base64url')}`;
}

function hs256(head: Claims, claims: Claims, secret: string | Buffer) {
  const text = `${part(head)}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Other claims under a signature that was good for its own. */
function promoted(token: string, claims: Claims): string {
  const [head, , signature] = token.split('.');
  return `${head}.${part(claims)}.${signature}`;
}
