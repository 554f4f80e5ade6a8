import { LRUCache } from 'lru-cache';
import { createHttpClient } from '../http/client.ts';
import type { Metrics } from '../metrics.ts';
import { problem } from '../problems/problems.ts';
import type { Standings } from './auth.ts';

export interface StandingsOptions {
  /** Of user_service, at each of its instances. */
  readonly urls: readonly string[];
  /** Makes one for user_service: {@link createPeerToken}. */
  readonly peerToken: () => string;
  readonly metrics?: Metrics | undefined;
  /** How long an answer is believed. */
  readonly freshForMs?: number;
}

/** A megabyte. */
const mostUsers = 10_000;

/** What user_service says of users, by its `GET /users/:id/standing`: asked once for all requests of some seconds. */
export function createStandings(options: StandingsOptions): Standings {
  const { urls, peerToken, metrics, freshForMs = 5_000 } = options;
  const detail = 'Whether the user still may do this cannot be checked right now.';
  const unavailable = (cause: unknown) => problem('keys-unavailable', { detail, cause });
  const http = createHttpClient({
    name: 'user_service',
    urls,
    metrics,
    unavailable,
    attemptMs: 500,
    totalMs: 1_200,
  });

  async function ask(path: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${peerToken()}` };
    const { status, body } = await http.send({ method: 'GET', path, headers });
    const { current } = (body ?? {}) as { current?: unknown };
    if (status === 200 && typeof current === 'boolean') return current;
    throw unavailable(new Error(`unexpected reply with status ${status}`));
  }

  const answers = new LRUCache<string, boolean>({ max: mostUsers, ttl: freshForMs, fetchMethod: ask });
  return {
    isCurrent: async ({ id, role, sid }) => {
      const query = new URLSearchParams({ role, ...(sid !== undefined && { sid }) });
      return (await answers.fetch(`/users/${id}/standing?${query}`)) === true;
    },
  };
}
