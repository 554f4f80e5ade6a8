import type { KeySource } from '@shop/service-kit';
import type { PublicKey } from '../domain/keys.ts';

/** The service's own public keys, for verifying its own tokens without asking itself over HTTP. */
export function createLocalKeys(keys: readonly PublicKey[]): KeySource {
  const byId = new Map(keys.map(({ keyId, key }) => [keyId, key]));
  return { find: async (keyId) => byId.get(keyId) };
}
