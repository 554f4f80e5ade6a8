import type { IncomingHttpHeaders } from 'node:http';
import { currentTrace } from '@shop/service-kit';
import type { Request } from 'express';

/**
 * What concerns one connection only (RFC 9110, section 7.6.1). Not `transfer-encoding`: it says how the body is
 * framed on the next connection too. `expect` was answered by the gateway's own server.
 */
const hopByHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

/** A body whose length nobody says would be read as the next request. */
const framing = new Set(['content-length', 'transfer-encoding']);

/** A copy without what concerns the connection that they came on. */
export function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection = '' } = headers;
  const named = connection === '' || connection === 'keep-alive' ? [] : connection.toLowerCase().split(',');
  const alsoNamed = new Set(named.map((name) => name.trim()).filter((name) => !framing.has(name)));
  const kept: IncomingHttpHeaders = {};
  for (const name in headers) {
    if (!hopByHop.has(name) && !alsoNamed.has(name)) kept[name] = headers[name];
  }
  return kept;
}

/**
 * The headers that the service gets: the trace is passed on (or begun), and who called, and by which path, is told by
 * X-Forwarded-*. What the caller says of that itself counts only when it is a trusted proxy.
 */
export function forwardedHeaders(req: Request): IncomingHttpHeaders {
  const headers = endToEnd(req.headers);
  // undici says itself which host it calls, and how the body is framed.
  delete headers.host;
  delete headers['transfer-encoding'];
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
  // What the service does not see of the path, for the `instance` of its problems.
  headers['x-forwarded-prefix'] = req.baseUrl;
  return headers;
}

/** As Express decides it for `req.protocol` and `req.host`, so that the three headers tell one story. */
function comesFromTrustedProxy(req: Request): boolean {
  const trusts: (address: string | undefined, hop: number) => boolean = req.app.get('trust proxy fn');
  return trusts(req.socket.remoteAddress, 0);
}
