import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A public key, named by its RFC 7638 thumbprint. */
export interface PublicKey {
  readonly keyId: string;
  readonly key: KeyObject;
}

export interface SigningKey extends PublicKey {
  readonly privateKey: KeyObject;
}

/**
 * Reads the P-256 private key that signs tokens; its line ends may be written as `\n`.
 * @throws Error that says what is wrong, without the key
 */
export function parseSigningKey(pem: string): SigningKey {
  const privateKey = parse(() => createPrivateKey(unescaped(pem)), 'must be a private key in PEM format');
  return { ...namedKey(createPublicKey(privateKey)), privateKey };
}

/**
 * Reads any number of P-256 public keys in PEM format, one after the other.
 * @throws Error that says what is wrong
 */
export function parsePublicKeys(bundle: string): readonly PublicKey[] {
  const oneKey = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;
  const text = unescaped(bundle);
  if (text.replaceAll(oneKey, '').trim() !== '')
    throw new Error('must hold public keys in PEM format, no more');
  const message = 'holds a public key that cannot be read';
  return (text.match(oneKey) ?? []).map((pem) => namedKey(parse(() => createPublicKey(pem), message)));
}

/** The JSON Web Key Set (RFC 7517) of these keys, each once. */
export function toJwks(keys: readonly PublicKey[]): { keys: JsonWebKey[] } {
  const byId = new Map(keys.map(({ keyId, key }) => [keyId, key]));
  return {
    keys: [...byId].map(([kid, key]) => ({
      ...key.export({ format: 'jwk' }),
      kid,
      use: 'sig',
      alg: 'ES256',
    })),
  };
}

/** A secret for one purpose, that only those who have the private key can make. */
export function secretOf(privateKey: KeyObject, purpose: string): Buffer {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return Buffer.from(hkdfSync('sha256', pkcs8, '', purpose, 32));
}

const unescaped = (pem: string) => pem.replaceAll('\\n', '\n');

function parse(read: () => KeyObject, message: string): KeyObject {
  try {
    return read();
  } catch {
    // OpenSSL's own message about a broken key is of no help.
    throw new Error(message);
  }
}

function namedKey(key: KeyObject): PublicKey {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    const given = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType;
    throw new Error(`must be a key on the curve P-256 (prime256v1) for ES256, not ${given}`);
  }
  const { crv, kty, x, y } = key.export({ format: 'jwk' });
  // RFC 7638: these members only, in this order, without spaces.
  const keyId = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { keyId, key };
}
