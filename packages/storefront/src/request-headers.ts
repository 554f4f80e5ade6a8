import type { IncomingHttpHeaders } from 'node:http';
import { currentTrace } from '@shop/service-kit';
import type { Request } from 'express';

/**
 * What concerns one connection only (RFC 9110, section 7.6.1). Not `transfer-encoding`: it says how the body is
 * framed on the next connection too. `expect` was answered by the gateway's own server.
 */
const hopByHop = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
];

/** A body whose length nobody says would be read as the next request. */
const framing = new Set(['content-length', 'transfer-encoding']);

export function removeHopByHop(headers: IncomingHttpHeaders): void {
  const alsoNamed = String(headers.connection ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  for (const name of [...hopByHop, ...alsoNamed]) {
    if (!framing.has(name)) delete headers[name];
  }
}

/**
 * Makes a request's headers those that the service gets: the trace is passed on (or begun), and who called is told
 * by X-Forwarded-*. What the caller says of that itself counts only when it is a trusted proxy.
 */
export function prepareHeaders(req: Request): void {
  const { headers } = req;
  removeHopByHop(headers);
  const trace = currentTrace();
  if (trace !== undefined) {
    headers['x-request-id'] = trace.requestId;
    headers['traceparent'] = trace.traceparent;
  }
  const before = comesFromTrustedProxy(req) ? req.get('x-forwarded-for') : undefined;
  const address = req.socket.remoteAddress ?? 'unknown';
  headers['x-forwarded-for'] = before === undefined ? address : `${before}, ${address}`;
  headers['x-forwarded-proto'] = req.protocol;
  if (req.host !== undefined) headers['x-forwarded-host'] = req.host;
}

/** As Express decides it for `req.protocol` and `req.host`, so that the three headers tell one story. */
function comesFromTrustedProxy(req: Request): boolean {
  const trusts: (address: string | undefined, hop: number) => boolean = req.app.get('trust proxy fn');
  return trusts(req.socket.remoteAddress, 0);
}
