import type { IncomingHttpHeaders } from 'node:http';
import { nothingDoneHeader } from '@shop/service-kit';
import type { Response } from 'express';
import { endToEnd } from './request-headers.ts';

/** A service's headers as the client gets them. */
export function replyHeaders(given: IncomingHttpHeaders, res: Response): IncomingHttpHeaders {
  const headers = endToEnd(given);
  // How the body is framed on the client's connection, Node decides.
  delete headers['transfer-encoding'];
  // Of one instance, to us.
  delete headers['x-draining'];
  delete headers[nothingDoneHeader];
  // What belongs to the client's connection: the last request that it may send, the gateway is stopping, or the service
  // has answered before it had the whole request, the rest of which nobody will read.
  const { maxRequestsOnConnectionReached: isLast } = res as { maxRequestsOnConnectionReached?: boolean };
  const isStopping = res.getHeader('connection') === 'close';
  const closing = isLast || !res.shouldKeepAlive || isStopping || !res.req.complete;
  headers.connection = closing ? 'close' : 'keep-alive';
  // A service may have limits beside the gateway's.
  for (const name of ['ratelimit', 'ratelimit-policy']) {
    const own = res.getHeader(name);
    if (headers[name] !== undefined && own !== undefined) headers[name] = `${own}, ${headers[name]}`;
  }
  if (/^\/(?!\/)/.test(headers.location ?? '')) headers.location = `/api${headers.location}`;
  return headers;
}
