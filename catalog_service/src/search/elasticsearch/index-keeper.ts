import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import { createGate } from './gate.ts';
import type { IndexState } from './index-names.ts';

export interface IndexKeeperOptions {
  readonly stateOf: () => Promise<IndexState>;
  /** Builds the index anew. */
  readonly rebuild: (signal: AbortSignal) => Promise<number>;
  /** Of all instances one rebuilds; the others look again after a while. */
  readonly exclusively: Exclusively;
  readonly logger: Logger;
  /** How often to look, in milliseconds. */
  readonly everyMs?: number;
}

/** Sees to it that there is an index: at the first start, for a new definition, and should it ever get lost. */
export interface IndexKeeper {
  start(): void;
  /** Whether there is a complete index, as far as is known. */
  usable(): boolean;
  /** Resolves when there is; rejects when the keeper stops before. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

export function createIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  const { stateOf, rebuild, exclusively, logger, everyMs = 2_000 } = options;
  const stopping = new AbortController();
  let usable = false;
  let failing = false;
  const gate = createGate();
  let running: Promise<void> | undefined;

  function note(state: IndexState): void {
    if ((state !== 'missing') === usable) return;
    usable = state !== 'missing';
    logger.info({ index: state }, usable ? 'the search index is complete' : 'there is no search index');
    if (usable) gate.open();
    else gate.shut();
  }

  async function look(): Promise<void> {
    const state = await stateOf();
    note(state);
    if (state === 'settled') return;
    // Asked again: whoever had the lock before may have built it.
    const built = await exclusively(async () => {
      if ((await stateOf()) === 'settled') return 0;
      logger.info('building the search index');
      return rebuild(stopping.signal);
    });
    if (built !== undefined) note(await stateOf());
  }

  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
        failing = false;
      } catch (error) {
        // Once, not every time: it may be away for long.
        if (!failing && !stopping.signal.aborted)
          logger.warn({ err: error }, 'the search index cannot be seen to');
        failing = true;
      }
      await delay(everyMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  }

  return {
    start: () => {
      running ??= keep();
    },
    usable: () => usable,
    ready: gate.pass,
    stop: async () => {
      const reason = new Error('the catalog service is stopping');
      stopping.abort(reason);
      gate.refuse(reason);
      await running;
    },
  };
}
