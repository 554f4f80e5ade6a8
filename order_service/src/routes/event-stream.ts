import { leaveInFlight } from '@shop/service-kit';
import type { Response } from 'express';

/** A reply of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface EventStream {
  /** Sends the headers at once. */
  open(): void;
  send(event: { readonly id?: number; readonly event: string; readonly data: object }): void;
  /** Shows proxies, and who reads, that the connection lives. */
  comment(text: string): void;
  close(): void;
}

/** `no-transform` keeps proxies, and `X-Accel-Buffering` nginx, from holding events back to compress them. */
const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};
/** Who leaves this many bytes unread is cut off; a whole history is far smaller. */
const maxUnread = 262_144;
/** How long a reader has to fetch the end of a stream. */
const lingerMs = 1_000;

export function createEventStream(res: Response): EventStream {
  function write(text: string): void {
    if (res.destroyed || res.writableEnded) return;
    res.write(text);
    if (res.writableLength > maxUnread) res.destroy();
  }

  return {
    open: () => {
      leaveInFlight(res);
      res.set(headers).flushHeaders();
      write('retry: 2000\n\n');
    },
    send: ({ id, event, data }) => {
      const first = id === undefined ? '' : `id: ${id}\n`;
      write(`${first}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    comment: (text) => write(`: ${text}\n\n`),
    close: () => {
      res.end();
      const cut = setTimeout(() => res.destroy(), lingerMs);
      res.once('close', () => clearTimeout(cut));
    },
  };
}
