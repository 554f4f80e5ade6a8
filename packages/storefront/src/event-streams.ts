import type { IncomingMessage } from 'node:http';
import { leaveInFlight } from '@shop/service-kit';
import type { Request, Response } from 'express';

export const isEventStream = ({ headers }: IncomingMessage) =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** `GET /orders/:orderNumber/events`: its reply goes on until the order ends. */
export const asksForStream = ({ method, path }: Request) =>
  method === 'GET' && /^\/orders\/[^/]+\/events\/?$/i.test(path);

/** Keeps the event streams that are open, and ends them, with those yet to come, when it is told to. */
export function createEventStreams() {
  const open = new Map<Response, IncomingMessage>();
  let ended = false;
  const end = (proxyRes: IncomingMessage, res: Response) => {
    // An event that comes now would be written to a reply that has ended.
    proxyRes.unpipe(res);
    res.end();
  };
  return {
    add: (proxyRes: IncomingMessage, res: Response) => {
      open.set(res, proxyRes);
      leaveInFlight(res);
      proxyRes.socket.setTimeout(0);
      res.once('close', () => open.delete(res));
      // The headers are copied after this event; without a first event they would wait for one.
      queueMicrotask(() => (ended ? end(proxyRes, res) : res.flushHeaders()));
    },
    end: () => {
      ended = true;
      for (const [res, proxyRes] of open) end(proxyRes, res);
    },
  };
}
