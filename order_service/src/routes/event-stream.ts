import { leaveInFlight } from '@shop/service-kit';
import type { Response } from 'express';

/** `no-transform` keeps proxies, and `X-Accel-Buffering` nginx, from holding events back to compress them. */
const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};
/** A reader that leaves so many bytes unread is cut off; a whole history is far smaller. */
const maxUnread = 262_144;
/** How long a reader has to fetch the end of a stream. */
const lingerMs = 1_000;

/**
 * A reply of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @param heartbeatMs how often a comment shows proxies, and the reader, that the connection is alive
 */
export function createEventStream(res: Response, heartbeatMs: number) {
  function write(text: string): void {
    if (res.destroyed || res.writableEnded) return;
    res.write(text);
    if (res.writableLength > maxUnread) res.destroy();
  }

  return {
    /** Sends the headers at once. */
    open: (): void => {
      leaveInFlight(res);
      res.set(headers).flushHeaders();
      write('retry: 2000\n\n');
      const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
      res.once('close', () => clearInterval(heartbeat));
    },
    send: (event: string, data: object, id?: number): void => {
      const first = id === undefined ? '' : `id: ${id}\n`;
      write(`${first}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close: (): void => {
      res.end();
      const cut = setTimeout(() => res.destroy(), lingerMs);
      res.once('close', () => clearTimeout(cut));
    },
  };
}
