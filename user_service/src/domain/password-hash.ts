import { createHmac } from 'node:crypto';

/** bcrypt reads no more: what lies beyond would silently not count. */
const bcryptBytes = 72;
/** Before the hash of a password that bcrypt got as a digest. */
const digestPrefix = 'hmac-sha256:';

/** What bcrypt is given of a password, and what its hash begins with when that is a digest. */
export function bcryptInput(password: string): { readonly input: string; readonly prefix: string } {
  if (Buffer.byteLength(password) <= bcryptBytes) return { input: password, prefix: '' };
  // With a key, so that no list of plain SHA-256 digests from elsewhere can be tried on the hash.
  const input = createHmac('sha256', 'user_service password').update(password).digest('base64');
  return { input, prefix: digestPrefix };
}

export const bcryptHashOf = (stored: string) => stored.replace(digestPrefix, '');

const leastCost = 4;

/** The cost of a stored hash: each further one doubles the time. */
export const costOf = (stored: string) => Number(/\$(\d\d)\$/.exec(stored)?.[1] ?? leastCost);

/** Takes as long to compare as any hash of this cost, and no password matches it. */
export const decoyHash = (cost: number) => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
