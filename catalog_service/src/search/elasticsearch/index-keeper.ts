import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import type { IndexState } from './index-names.ts';

export interface IndexKeeperOptions {
  readonly stateOf: () => Promise<IndexState>;
  /** Whether somebody else's index, if there is one, may go. */
  readonly mayBuild: (hadOne: boolean) => Promise<boolean>;
  /** Builds the index anew. */
  readonly rebuild: (signal: AbortSignal) => Promise<number>;
  /** Removes what broken attempts have left. */
  readonly tidy: () => Promise<void>;
  /** Of all instances one rebuilds; the others look again after a while. */
  readonly exclusively: Exclusively;
  /** Begins what goes on for as long as there is an index. */
  readonly whileUsable: () => Promise<{ close(): Promise<void> }>;
  readonly logger: Logger;
  /** How often to look, in milliseconds. */
  readonly everyMs?: number;
}

/** Sees to it that there is an index: at the first start, for a new definition, and should it ever get lost. */
export interface IndexKeeper {
  start(): void;
  /** Whether there is a complete index, as far as is known. */
  usable(): boolean;
  stop(): Promise<void>;
}

export function createIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  const { stateOf, mayBuild, rebuild, tidy, exclusively, whileUsable, logger, everyMs = 2_000 } = options;
  const stopping = new AbortController();
  const warnOnce = createWarnOnce(logger);
  let usable = false;
  let hadOne = false;
  let isTidy = false;
  let inUse: { close(): Promise<void> } | undefined;
  let running: Promise<void> | undefined;

  async function note(state: IndexState): Promise<void> {
    const was = usable;
    usable = state !== 'missing';
    hadOne ||= usable;
    if (was !== usable)
      logger.info({ index: state }, usable ? 'the search index is complete' : 'there is no search index');
    if (usable) inUse ??= await whileUsable();
    else await leave();
  }

  async function leave(): Promise<void> {
    const left = inUse;
    inUse = undefined;
    await left?.close();
  }

  async function look(): Promise<void> {
    const state = await stateOf();
    await note(state);
    if (state === 'settled') {
      if (!isTidy) isTidy = (await exclusively(() => tidy().then(() => true))) ?? false;
      return warnOnce.clear();
    }
    if (!(await mayBuild(hadOne)))
      return warnOnce(
        undefined,
        "another's search index is in use: searches go to the fallback until it is not",
      );
    // Asked again: whoever had the lock before may have built it, or his own.
    const built = await exclusively(async (lost) => {
      if ((await stateOf()) === 'settled' || !(await mayBuild(hadOne))) return 0;
      logger.info('building the search index');
      return rebuild(AbortSignal.any([stopping.signal, lost]));
    });
    if (built !== undefined) await note(await stateOf());
    warnOnce.clear();
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        if (!stopping.signal.aborted) warnOnce(error, 'the search index cannot be seen to');
      });
      await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
    await leave();
  }

  return {
    start: () => {
      running ??= keep();
    },
    usable: () => usable,
    stop: async () => {
      stopping.abort(new Error('the catalog service is stopping'));
      await running;
    },
  };
}

/** Says what lasts once, not at every look. */
function createWarnOnce(logger: Logger) {
  let said: string | undefined;
  const warn = (err: unknown, message: string) => {
    if (said !== message) logger.warn({ err }, message);
    said = message;
  };
  return Object.assign(warn, {
    clear: () => {
      said = undefined;
    },
  });
}
