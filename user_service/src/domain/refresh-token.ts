import { createHmac, type KeyObject } from 'node:crypto';
import { secretOf } from './keys.ts';

export type SuccessorOf = (token: string) => string;

/**
 * The refresh token that follows another one. Callers who present the same at one moment are given the same, though no
 * token is stored.
 * @param privateKey of which the secret is made that nobody else can follow
 */
export function createSuccession(privateKey: KeyObject): SuccessorOf {
  const secret = secretOf(privateKey, 'refresh tokens');
  return (token) => createHmac('sha256', secret).update(token).digest('base64url');
}
