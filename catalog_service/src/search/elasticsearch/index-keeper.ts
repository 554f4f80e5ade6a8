import { setTimeout as delay } from 'node:timers/promises';
import type { Logger, WithLock } from '@shop/service-kit';
import { type FoundIndex, indicesOf, removeUnused } from './indices.ts';
import { type RebuildOptions, rebuildIndex } from './rebuild-index.ts';

export interface IndexKeeperOptions
  extends Pick<RebuildOptions, 'client' | 'owner' | 'replicas' | 'products'> {
  /** Of all instances one rebuilds; the others look again after a while. */
  readonly withReindexLock: WithLock;
  /** Starts what runs for as long as there is an index. */
  readonly whileUsable: () => Promise<{ close(): Promise<void> }>;
  readonly logger: Logger;
  /** How often to look, in milliseconds. */
  readonly everyMs?: number;
  /** How long an index that took the place of ours stays. */
  readonly reclaimAfterMs?: number;
}

/**
 * Builds the index when there is none: at the first start, for a new definition, and if it ever gets lost. That of
 * another release or database is replaced by an instance that has just started, and by one that lost its own to it
 * only after a while: two releases side by side would build by turns without end, but an old one that was restarted
 * in the middle of a rollout must not keep the place for ever.
 */
export function keepIndex(options: IndexKeeperOptions) {
  const { client, owner, withReindexLock, whileUsable, logger } = options;
  const { everyMs = 2_000, reclaimAfterMs = 15 * 60_000 } = options;
  const stopping = new AbortController();
  let usable = false;
  /** When this instance lost the index that it had; by its own clock, which need not be that of the engine. */
  let lostAt: number | undefined;
  let isTidy = false;
  let warned: string | undefined;
  let running: { close(): Promise<void> } | undefined;

  function warnOnce(message: string, err?: unknown): void {
    if (warned !== message) logger.warn({ err }, message);
    warned = message;
  }

  const isOwn = ({ alias }: FoundIndex) => alias === owner.alias;

  function mayBuild(indices: readonly FoundIndex[]): boolean {
    if (indices.some((each) => isOwn(each) && each.isSettled)) return false;
    const hasOther = indices.some((each) => each.alias !== undefined && !isOwn(each));
    return !hasOther || lostAt === undefined || performance.now() - lostAt > reclaimAfterMs;
  }

  async function look(): Promise<FoundIndex[]> {
    const indices = await indicesOf(client, owner.name);
    const was = usable;
    usable = indices.some(isOwn);
    if (was && !usable) lostAt = performance.now();
    if (was !== usable) logger.info(usable ? 'the search index is complete' : 'there is no search index');
    if (usable) running ??= await whileUsable();
    else await close();
    return indices;
  }

  async function close(): Promise<void> {
    const closing = running;
    running = undefined;
    await closing?.close();
  }

  async function lookAndBuild(): Promise<void> {
    if (mayBuild(await look())) {
      await withReindexLock(async (lost) => {
        // Asked again: another instance may have built it before this one got the lock.
        if (!mayBuild(await indicesOf(client, owner.name))) return;
        logger.info('building the search index');
        await rebuildIndex({ ...options, signal: AbortSignal.any([stopping.signal, lost]) });
      });
      await look();
    } else if (!usable) {
      return warnOnce('the search index of another release or shop is in use: searches go to the fallback');
    }
    if (!isTidy)
      isTidy = (await withReindexLock(() => removeUnused(client, owner.name).then(() => true))) ?? false;
    warned = undefined;
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await lookAndBuild().catch((error: unknown) => {
        if (!stopping.signal.aborted) warnOnce('the search index cannot be looked after', error);
      });
      await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
    await close();
  }

  const kept = keep();
  return {
    /** Whether there is a complete index, as far as is known. */
    usable: () => usable,
    stop: async () => {
      stopping.abort(new Error('the catalog service is stopping'));
      await kept;
    },
  };
}
