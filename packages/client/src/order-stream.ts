import { createParser } from 'eventsource-parser';
import type { components } from './generated/order_service.ts';
import { operation } from './operation.ts';
import { ProblemError } from './problems.ts';
import { sleep } from './repeat.ts';
import type { Send } from './send.ts';
import type { CallOptions } from './types.ts';

/** Something that happened to an order. */
export type OrderEvent = components['schemas']['HistoryEntry'];

export interface FollowOptions extends CallOptions {
  /** The `id` of the last event that the caller has: the stream begins after it, else with the first. */
  readonly lastEventId?: number | string | undefined;
}

/** The shop sends something every 15 seconds: after so long the connection is dead, whatever it looks like. */
const silenceMs = 40_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Everything that happens to an order, each event once and in order, however often the connection breaks. It ends when the
 * order is cancelled or `signal` is aborted.
 * @throws ProblemError when the order cannot be followed: it is not the caller's, or nobody is logged in
 */
export async function* followOrder(
  send: Send,
  { orderNumber }: { readonly orderNumber: string },
  { signal, lastEventId }: FollowOptions = {},
): AsyncGenerator<OrderEvent, void, void> {
  let lastId = lastEventId;
  for (let failures = 0; !signal?.aborted; ) {
    const reading = new AbortController();
    const stop = () => reading.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const openedAt = Date.now();
    let pauseMs = 0;
    try {
      const input = { orderNumber, 'Last-Event-ID': lastId?.toString() };
      const answer = await send(operation('followOrder'), input, { signal: reading.signal }).catch(
        (error) => {
          if (!signal?.aborted) throw error;
        },
      );
      if (answer === undefined) return;
      if (answer.problem !== undefined) {
        if (!mayPass(answer.problem)) throw new ProblemError(answer.problem, answer.retryAfter);
        pauseMs = (answer.retryAfter ?? 0) * 1_000;
      } else {
        for await (const { event, data } of readEvents(answer.data as ReadableStream<Uint8Array>)) {
          if (event === 'end' && JSON.parse(data).reason === 'order-cancelled') return;
          if (event !== 'status') continue;
          const happened: OrderEvent = JSON.parse(data);
          lastId = happened.id;
          yield happened;
        }
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      reading.abort();
    }
    if (Date.now() - openedAt > silenceMs) failures = 0;
    pauseMs = Math.max(pauseMs, Math.min(firstPauseMs * 2 ** failures++, longestPauseMs));
    await sleep(pauseMs * (1 + Math.random() / 4), signal).catch(() => {});
  }
}

/** What has to do with the moment: no network, a service that restarts, too many streams or requests. */
const mayPass = ({ status }: { readonly status: number }) => status === 0 || status === 429 || status >= 500;

/** The events of a connection, until it ends, breaks or is silent for too long. */
async function* readEvents(body: ReadableStream<Uint8Array>) {
  const events: { event?: string | undefined; data: string }[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    for (;;) {
      timer = setTimeout(cancel, silenceMs);
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      clearTimeout(timer);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    clearTimeout(timer);
    cancel();
  }
}
