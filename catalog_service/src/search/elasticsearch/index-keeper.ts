import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@shop/service-kit';
import type { WithLock } from '../../db/advisory-lock.ts';
import type { Presence } from '../../db/presence.ts';
import type { Client } from './client.ts';
import {
  aliasOf,
  type IndexOwner,
  type IndexState,
  inUseByAnother,
  removeUnused,
  stateOf,
} from './index-names.ts';
import { type RebuildOptions, rebuildIndex } from './reindex.ts';

export interface IndexKeeperOptions
  extends Pick<RebuildOptions, 'client' | 'owner' | 'replicas' | 'products'> {
  /** Of all instances one rebuilds; the others look again after a while. */
  readonly withReindexLock: WithLock;
  readonly presence: Presence;
  /** Starts what runs for as long as there is an index. */
  readonly whileUsable: () => Promise<{ close(): Promise<void> }>;
  readonly logger: Logger;
  /** How often to look, in milliseconds. */
  readonly everyMs?: number;
}

export interface IndexKeeper {
  /** Whether there is a complete index, as far as is known. */
  usable(): boolean;
  stop(): Promise<void>;
}

/** Builds the index when there is none: at the first start, for a new definition, and if it ever gets lost. */
export function keepIndex(options: IndexKeeperOptions): IndexKeeper {
  const { client, owner, presence, withReindexLock, whileUsable, logger, everyMs = 2_000 } = options;
  const stopping = new AbortController();
  let usable = false;
  let hadOne = false;
  let isTidy = false;
  let warned: string | undefined;
  let inUse: { close(): Promise<void> } | undefined;

  function warnOnce(message: string, err?: unknown): void {
    if (warned !== message) logger.warn({ err }, message);
    warned = message;
  }

  async function note(state: IndexState): Promise<void> {
    const was = usable;
    usable = state !== 'missing';
    hadOne ||= usable;
    if (was !== usable)
      logger.info({ index: state }, usable ? 'the search index is complete' : 'there is no search index');
    if (usable) inUse ??= await whileUsable();
    else await close();
  }

  async function close(): Promise<void> {
    const closing = inUse;
    inUse = undefined;
    await closing?.close();
  }

  async function look(): Promise<void> {
    // So that no other release replaces an index that is in use.
    await presence.enter(presenceOf(aliasOf(owner)));
    const state = await stateOf(client, owner);
    await note(state);
    if (state === 'settled') {
      if (!isTidy)
        isTidy = (await withReindexLock(() => removeUnused(client, owner.name).then(() => true))) ?? false;
    } else if (!(await mayReplace({ client, owner, presence, hadOne }))) {
      return warnOnce("another's search index is in use: searches go to the fallback until it is not");
    } else {
      await build();
    }
    warned = undefined;
  }

  async function build(): Promise<void> {
    await withReindexLock(async (lost) => {
      // Asked again: another instance may have built it, or a different one, before this one got the lock.
      if ((await stateOf(client, owner)) === 'settled') return;
      if (!(await mayReplace({ client, owner, presence, hadOne }))) return;
      logger.info('building the search index');
      await rebuildIndex({ ...options, signal: AbortSignal.any([stopping.signal, lost]) });
    });
    await note(await stateOf(client, owner));
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        if (!stopping.signal.aborted) warnOnce('the search index cannot be looked after', error);
      });
      await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
    await close();
  }

  const running = keep();
  return {
    usable: () => usable,
    stop: async () => {
      stopping.abort(new Error('the catalog service is stopping'));
      await running;
    },
  };
}

const presenceOf = (alias: string) => `search index ${alias}`;

export interface Claim {
  readonly client: Client;
  readonly owner: IndexOwner;
  readonly presence: Presence;
  /** Whether it has had an index since it started. */
  readonly hadOne?: boolean;
}

/**
 * Whether an owner may replace the index that is in use. Not that of another release while an instance of it lives:
 * two would do it by turns, without end. One of another database is a former one's, or another shop's that was given
 * the same name: an owner that had an index before does not fight for it.
 */
export async function mayReplace({ client, owner, presence, hadOne = false }: Claim): Promise<boolean> {
  const other = await inUseByAnother(client, owner);
  if (other === undefined) return true;
  if (other.database !== owner.database) return !hadOne;
  return !(await presence.isAnybody(presenceOf(other.alias)));
}
