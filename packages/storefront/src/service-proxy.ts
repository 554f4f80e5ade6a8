import type { ContractDocument } from '@shop/service-kit';
import type { Request, Response } from 'express';
import { Pool } from 'undici';
import { asksForStream, createEventStreams, isEventStream } from './event-streams.ts';
import { forwardRequest, hasBody } from './forward-request.ts';
import { problem } from './problems.ts';
import type { ServiceKey } from './route-table.ts';

export type ServiceProxy = ReturnType<typeof createServiceProxy>;

const connectionsPerService = 256;
/** More than any instance of order_service serves. */
const streamsPerService = 2_000;
/** A machine that is off does not refuse connections, it says nothing. */
const connectMs = 2_000;
const completeCheckMs = 250;
/** For requests of the gateway's own. */
const ownRequestMs = 1_500;

export interface ServiceProxyLimits {
  /** How long the service may take to begin its reply. */
  readonly replyMs?: number;
  /** Silence in a reply that is not an event stream; payment's slowest call takes 10 s. */
  readonly silenceMs?: number;
}

/** The way to one service. */
export function createServiceProxy(
  service: ServiceKey,
  url: string,
  { replyMs = 3_000, silenceMs = 30_000 }: ServiceProxyLimits = {},
) {
  const limits = { connect: { timeout: connectMs }, headersTimeout: silenceMs };
  const pool = new Pool(url, { ...limits, connections: connectionsPerService, bodyTimeout: silenceMs });
  // Streams stay open, and may be silent: they must not use up the connections of all other requests.
  const streamPool = new Pool(url, { ...limits, connections: streamsPerService, bodyTimeout: 0 });
  // So that a busy service is not taken for one that is unavailable.
  const ownPool = new Pool(url, { ...limits, connections: 2 });
  const streams = createEventStreams();

  const unavailable = (cause: unknown) => problem(`${service}-service-unavailable`, { cause });
  /** The body of a 200. By undici itself, as `fetch` refuses the user service's port. */
  const ask = async (path: string) => {
    const signal = AbortSignal.timeout(ownRequestMs);
    const { statusCode, body } = await ownPool.request({ method: 'GET', path, signal });
    if (statusCode === 200) return body.text();
    await body.dump();
    throw new Error(`answered ${statusCode}`);
  };

  return {
    /**
     * Forwards a request and streams the reply.
     * @throws Problem `<service>-service-unavailable` when the service is unavailable
     */
    forward: async (req: Request, res: Response) => {
      const isStream = asksForStream(req);
      const forwarding = forwardRequest(isStream ? streamPool : pool, req, res, (headers) => {
        if (isEventStream(headers)) streams.add(res, forwarding.abort);
      });
      res.once('close', () => {
        if (!res.writableFinished) forwarding.abort(new Error('the client has left'));
      });
      if (!isStream) limitReply(req, res, replyMs, forwarding.abort);
      try {
        await forwarding.begun;
      } catch (error) {
        if (res.destroyed || res.writableEnded) return;
        // The rest of its body would be read by nobody, and taken for the next request.
        if (!req.complete) res.set('Connection', 'close');
        throw unavailable(error);
      }
    },
    /** Rejects when the service is not ready. */
    check: () => ask('/readyz'),
    /**
     * The service's own OpenAPI document.
     * @throws Problem `<service>-service-unavailable` when the service does not return it
     */
    readDocument: async (): Promise<ContractDocument> => {
      try {
        return JSON.parse(await ask('/openapi.json'));
      } catch (error) {
        throw unavailable(error);
      }
    },
    /** Ends the replies that would never end, and those that begin later, so that a shutdown need not wait for them. */
    endStreams: streams.end,
    close: async () => {
      await Promise.all([pool, streamPool, ownPool].map((each) => each.destroy()));
    },
  };
}

/** Ends the request when the reply has not begun in time: from when the whole request is there, sent on or not. */
function limitReply(req: Request, res: Response, replyMs: number, abort: (why: Error) => void): void {
  const begin = () => {
    const timer = setTimeout(() => {
      if (!res.headersSent) abort(new Error(`the reply has not begun within ${replyMs} ms`));
    }, replyMs);
    res.once('close', () => clearTimeout(timer));
  };
  if (req.complete || !hasBody(req)) return void begin();
  // Not its `end`: while the request waits for a connection, nobody reads it.
  const waiting = setInterval(() => {
    if (!req.complete) return;
    clearInterval(waiting);
    begin();
  }, completeCheckMs);
  res.once('close', () => clearInterval(waiting));
}
