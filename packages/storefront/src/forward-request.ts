import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { nothingDoneHeader } from '@shop/service-kit';
import type { Request, Response } from 'express';
import type { Dispatcher } from 'undici';
import { replyHeaders } from './reply-headers.ts';
import { forwardedHeaders } from './request-headers.ts';

export interface Forwarding {
  /** Resolves when the reply has begun; rejects when none comes. */
  readonly begun: Promise<{ readonly headers: IncomingHttpHeaders }>;
  /** Whether the request has a connection: the service may have it from then on. */
  readonly wasSent: () => boolean;
  /** Ends the request at the service: before the reply has begun, `begun` rejects; after it, the reply is cut off. */
  readonly abort: (why: Error) => void;
}

/** An instance has refused the request before it did anything. */
export class NothingDone extends Error {
  readonly headers: IncomingHttpHeaders;

  constructor(headers: IncomingHttpHeaders) {
    super('refused before anything was done');
    this.headers = headers;
  }
}

/**
 * Sends a request on and its reply back as it comes, no faster than the client reads. By undici's `dispatch`: a small
 * reply, passed on through a readable stream of its own, takes half as much time again.
 * @param mayGoElsewhere asked when the service has refused the request before it did anything: `begun` rejects with
 * {@link NothingDone} then, and nothing is sent to the client
 */
export function forwardRequest(
  { agent, origin }: { readonly agent: Dispatcher; readonly origin: string },
  req: Request,
  body: Buffer | Readable | null,
  res: Response,
  onBegin: (headers: IncomingHttpHeaders) => void,
  mayGoElsewhere: () => boolean,
): Forwarding {
  let controller: Dispatcher.DispatchController | undefined;
  let aborted: Error | undefined;
  let fail: (why: Error) => void;
  let isRefused = false;
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
          isRefused = headers[nothingDoneHeader] !== undefined && mayGoElsewhere();
          if (isRefused) return reject(new NothingDone(headers));
          res.on('drain', () => started.resume());
          res.writeHead(statusCode, replyHeaders(headers, res));
          onBegin(headers);
          resolve({ headers });
        },
        onResponseData: (started, chunk) => {
          if (!isRefused && !res.writableEnded && !res.write(chunk)) started.pause();
        },
        onResponseEnd: () => {
          if (!isRefused) res.end();
        },
        onResponseError: (_, error) => {
          reject(error);
          // A reply that breaks off in the middle must not look whole.
          if (!isRefused && res.headersSent && !res.writableEnded) res.destroy();
        },
      },
    );
  });
  const abort = (why: Error) => {
    aborted ??= why;
    fail(why);
    controller?.abort(why);
  };
  return { begun, wasSent: () => controller !== undefined, abort };
}
