import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export interface Sealed {
  readonly secret: Buffer;
  /** Of the key that it is encrypted with. */
  readonly keyId: string;
}

export type Seal = ReturnType<typeof createSeal>;

/**
 * Encrypts secrets of users for the database, by AES-256-GCM: a copy of the database alone does not open them.
 * @param secrets the first one encrypts, each decrypts
 */
export function createSeal(secrets: readonly string[]) {
  const keys = secrets.map((secret) => {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'second factors', 32));
    return { key, keyId: createHash('sha256').update(key).digest('base64url').slice(0, 12) };
  });
  const [first] = keys as [(typeof keys)[number]];
  // A secret that was copied to the row of another user is not decrypted.
  const owner = (userId: number) => Buffer.from(String(userId));

  return {
    /** Of keys whose secrets should be encrypted again. */
    olderKeyIds: keys.map(({ keyId }) => keyId).filter((keyId) => keyId !== first.keyId),
    seal: (userId: number, plain: Buffer): Sealed => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, first.key, iv).setAAD(owner(userId));
      const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
      return { secret: Buffer.concat([iv, cipher.getAuthTag(), encrypted]), keyId: first.keyId };
    },
    /** @throws Error when its key is not there any more */
    open: (userId: number, { secret, keyId }: Sealed): Buffer => {
      const found = keys.find((one) => one.keyId === keyId);
      if (found === undefined)
        throw new Error(`no secret of SERVICE_SECRETS opens the second factor of user ${userId}`);
      const decipher = createDecipheriv(algorithm, found.key, secret.subarray(0, ivBytes))
        .setAAD(owner(userId))
        .setAuthTag(secret.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(secret.subarray(ivBytes + tagBytes)), decipher.final()]);
    },
  };
}
