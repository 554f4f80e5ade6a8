import { randomBytes } from 'node:crypto';
import { hashToken } from './random-token.ts';

const count = 10;
// Crockford's: no I, L, O and U.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Ten codes of 80 random bits, such as `7K3M-Q2XW-9TFB-ZR4H`. */
export const newRecoveryCodes = (): readonly string[] => Array.from({ length: count }, newCode);

function newCode(): string {
  const letters = [...randomBytes(16)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return letters.replace(/.{4}(?=.)/g, '$&-');
}

/** All that is stored of one, however it is typed. */
export function hashRecoveryCode(code: string): Buffer {
  const read = code
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '');
  return hashToken(read);
}
