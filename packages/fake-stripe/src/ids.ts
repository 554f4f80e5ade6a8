import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 24 characters of cryptographic randomness (142 bits): an id cannot be guessed from another. */
export function randomText(length = 24): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

export function newId(prefix: 'pi' | 'ch' | 're' | 'evt' | 'txn' | 'req'): string {
  return `${prefix}_${randomText()}`;
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
