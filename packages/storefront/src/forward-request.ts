import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { Dispatcher } from 'undici';
import { replyHeaders } from './reply-headers.ts';
import { forwardedHeaders } from './request-headers.ts';

export interface Forwarding {
  /** Resolves when the reply has begun; rejects when none comes. */
  readonly begun: Promise<{ readonly headers: IncomingHttpHeaders }>;
  /** Ends the request at the service: before the reply has begun, `begun` rejects; after it, the reply is cut off. */
  readonly abort: (why: Error) => void;
}

/**
 * Sends a request on and its reply back as it comes, no faster than the client reads. By undici's `dispatch`: a small
 * reply, passed on through a readable stream of its own, takes half as much time again.
 */
export function forwardRequest(
  { agent, origin }: { readonly agent: Dispatcher; readonly origin: string },
  req: Request,
  body: Buffer | Readable | null,
  res: Response,
  onBegin: (headers: IncomingHttpHeaders) => void,
): Forwarding {
  let controller: Dispatcher.DispatchController | undefined;
  let aborted: Error | undefined;
  let fail: (why: Error) => void;
  const begun = new Promise<{ headers: IncomingHttpHeaders }>((resolve, reject) => {
    fail = reject;
    const { method, url: path } = req;
    const headers = forwardedHeaders(req);
    agent.dispatch(
      { origin, method: method as 'GET', path, headers, body },
      {
        onRequestStart: (started) => {
          controller = started;
          if (aborted !== undefined) started.abort(aborted);
        },
        onResponseStart: (started, statusCode, headers) => {
          if (statusCode < 200) return;
          res.on('drain', () => started.resume());
          res.writeHead(statusCode, replyHeaders(headers, res));
          onBegin(headers);
          resolve({ headers });
        },
        onResponseData: (started, chunk) => {
          if (!res.writableEnded && !res.write(chunk)) started.pause();
        },
        onResponseEnd: () => {
          res.end();
        },
        onResponseError: (_, error) => {
          reject(error);
          // A reply that breaks off in the middle must not look whole.
          if (res.headersSent && !res.writableEnded) res.destroy();
        },
      },
    );
  });
  const abort = (why: Error) => {
    aborted ??= why;
    fail(why);
    controller?.abort(why);
  };
  return { begun, abort };
}
