import type { IncomingHttpHeaders } from 'node:http';
import { leaveInFlight } from '@shop/service-kit';
import type { Request, Response } from 'express';

export const isEventStream = (headers: IncomingHttpHeaders) =>
  /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** `GET /orders/:orderNumber/events`: its reply goes on until the order ends. */
export const asksForStream = ({ method, path }: Pick<Request, 'method' | 'path'>) =>
  method === 'GET' && /^\/orders\/[^/]+\/events\/?$/i.test(path);

/** Keeps the event streams that are open, and ends them, with those yet to come, when it is told to. */
export function createEventStreams() {
  const open = new Map<Response, (why: Error) => void>();
  let ended = false;
  const end = (res: Response, abort: (why: Error) => void) => {
    res.end();
    abort(new Error('the gateway stops'));
  };
  return {
    add: (res: Response, abort: (why: Error) => void) => {
      if (ended) return end(res, abort);
      open.set(res, abort);
      leaveInFlight(res);
      res.once('close', () => open.delete(res));
      // Without a first event the headers would wait for one.
      res.flushHeaders();
    },
    end: () => {
      ended = true;
      for (const [res, abort] of open) end(res, abort);
    },
  };
}
