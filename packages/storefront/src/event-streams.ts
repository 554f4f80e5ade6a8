import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

export const isEventStream = ({ headers }: IncomingMessage) =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** Keeps the event streams that are open, and ends them, with those yet to come, when it is told to. */
export function createEventStreams() {
  const open = new Map<Response, () => void>();
  let ended = false;
  return {
    add: (proxyRes: IncomingMessage, res: Response) => {
      const end = () => {
        // An event that comes now would be written to a reply that has ended.
        proxyRes.unpipe(res);
        res.end();
      };
      open.set(res, end);
      proxyRes.socket.setTimeout(0);
      res.once('close', () => {
        open.delete(res);
        proxyRes.destroy();
      });
      // The headers are copied after this event; without a first event they would wait for one.
      queueMicrotask(() => (ended ? end() : res.flushHeaders()));
    },
    end: () => {
      ended = true;
      for (const end of open.values()) end();
    },
  };
}
