import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { leaveInFlight } from '@shop/service-kit';
import type { Request, Response } from 'express';

export const isEventStream = (headers: IncomingHttpHeaders) =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** `GET /orders/:orderNumber/events`: its reply goes on until the order ends. */
export const asksForStream = ({ method, path }: Request) =>
  method === 'GET' && /^\/orders\/[^/]+\/events\/?$/i.test(path);

/** Keeps the event streams that are open, and ends them, with those yet to come, when it is told to. */
export function createEventStreams() {
  const open = new Map<Response, Readable>();
  let ended = false;
  const end = (body: Readable, res: Response) => {
    // An event that comes now would be written to a reply that has ended.
    body.unpipe(res);
    res.end();
    body.destroy();
  };
  return {
    add: (body: Readable, res: Response) => {
      if (ended) return end(body, res);
      open.set(res, body);
      leaveInFlight(res);
      res.once('close', () => open.delete(res));
      // Without a first event the headers would wait for one.
      res.flushHeaders();
    },
    end: () => {
      ended = true;
      for (const [res, body] of open) end(body, res);
    },
  };
}
