import type { Actor, User } from '@shop/service-kit';
import type { ApiKey, ApiKeyRepository } from '../db/api-key-repository.ts';
import { hashToken, newToken } from '../domain/random-token.ts';
import { problem } from '../problems.ts';

/** By it those who look for leaked secrets know one. */
const prefix = 'shop_key_';

/**
 * Makes a key, which is never shown again.
 * @throws Problem `api-keys-full`
 */
export async function createApiKey(
  given: Pick<ApiKey, 'name' | 'scopes'> & { readonly expiresInDays: number },
  by: Actor,
  keys: ApiKeyRepository,
): Promise<ApiKey & { readonly key: string }> {
  const key = `${prefix}${newToken()}`;
  const wanted = { ...given, scopes: [...new Set(given.scopes)], userId: by.userId };
  const added = await keys.add(wanted, hashToken(key), ({ id: keyId, name, scopes, expiresAt }) => {
    const details = { keyId, before: null, after: { name, scopes, expiresAt } };
    return { kind: 'api-key-created', ...by, details };
  });
  if (added === undefined) throw problem('api-keys-full');
  return { ...added, key };
}

/** @throws Problem `api-key-not-found` */
export async function removeApiKey(id: string, by: Actor, keys: ApiKeyRepository): Promise<void> {
  const event = { kind: 'api-key-removed', ...by, details: { keyId: id } };
  if (!(await keys.remove(id, event))) throw problem('api-key-not-found');
}

/**
 * Whom a key makes of its bearer: an administrator, as far as its scopes go.
 * @throws Problem `invalid-token` when it is unknown, revoked or expired, or its user is no administrator any more
 */
export async function openApiKey(key: string, keys: ApiKeyRepository): Promise<User> {
  const found = await keys.use(hashToken(key));
  if (found === undefined)
    throw problem('invalid-token', { detail: 'The API key is unknown, revoked or expired.' });
  return { id: found.userId, email: null, role: 'admin', sid: found.id, scopes: found.scopes };
}
