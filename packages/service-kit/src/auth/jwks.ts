import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { request } from 'undici';
import { createInstances } from '../http/instances.ts';
import type { Logger } from '../logger.ts';
import { problem } from '../problems/problems.ts';
import type { KeySource } from './auth.ts';

export interface RemoteKeysOptions {
  /** The JSON Web Key Set (RFC 7517) of the user service, at each of its instances. */
  readonly urls: readonly string[];
  readonly logger: Logger;
  /** After this the keys are fetched again, in the background. */
  readonly freshForMs?: number;
  /** How long keys stay valid while they cannot be fetched. */
  readonly keptForMs?: number;
  /** At most one fetch in this time, whatever key ids are asked for. */
  readonly minIntervalMs?: number;
}

/**
 * The public keys behind a JWKS URL. An outage of the user service does not log anyone out: the last keys
 * stay valid for `keptForMs`. Without any keys the answer is `unavailable`, never `unauthorized`. An unknown
 * key id causes a fetch at a bounded rate, so that a new key is found and forged ids cost nothing.
 */
export function createRemoteKeys(options: RemoteKeysOptions): KeySource {
  const { urls, logger, freshForMs = 300_000, keptForMs = 86_400_000, minIntervalMs = 5_000 } = options;
  const instances = createInstances(urls);
  let keys = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;

  /** From the first instance that has them. */
  async function fetchKeys(): Promise<void> {
    triedAt = performance.now();
    const tried = new Set<string>();
    for (let url = instances.other(tried); url !== undefined; url = instances.other(tried)) {
      tried.add(url);
      try {
        const found = await getJwks(url);
        // An empty set is a mistake of the user service: nobody is to be logged out for it.
        if (found.length === 0) throw new Error('The key set is empty.');
        keys = new Map(found.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
        fetchedAt = performance.now();
        return;
      } catch (error) {
        instances.failed(url);
        logger.warn({ err: error, url }, 'the keys of the user service could not be fetched');
      }
    }
  }

  const refresh = () => {
    underWay ??= fetchKeys().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  return {
    find: async (keyId) => {
      const now = performance.now();
      const mayTry = now - triedAt >= minIntervalMs;
      const usable = now - fetchedAt < keptForMs;
      if (usable && keys.has(keyId)) {
        if (mayTry && now - fetchedAt > freshForMs) void refresh();
        return keys.get(keyId);
      }
      if (mayTry || underWay !== undefined) await refresh();
      if (performance.now() - fetchedAt < keptForMs) return keys.get(keyId);
      const mayTryInMs = triedAt + minIntervalMs - performance.now();
      throw problem('keys-unavailable', { retryAfter: Math.max(1, Math.ceil(mayTryInMs / 1_000)) });
    },
  };
}

type NamedJwk = JsonWebKey & { readonly kid: string };

/** Not by `fetch`, which refuses port 6000. */
async function getJwks(url: string): Promise<readonly NamedJwk[]> {
  const { statusCode, body } = await request(url, { signal: AbortSignal.timeout(2_000) });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`The key set is answered with ${statusCode}.`);
  }
  const { keys } = (await body.json()) as { keys: readonly NamedJwk[] };
  return keys.filter(({ kid, use = 'sig' }) => typeof kid === 'string' && use === 'sig');
}
