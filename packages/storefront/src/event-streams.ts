import type { IncomingMessage } from 'node:http';
import { leaveInFlight } from '@shop/service-kit';
import type { Request, Response } from 'express';

export const isEventStream = ({ headers }: IncomingMessage) =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** `GET /orders/:orderNumber/events`: its reply goes on until the order ends. */
export const asksForStream = ({ path }: Request) => /^\/orders\/[^/]+\/events$/.test(path);

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
      leaveInFlight(res);
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
