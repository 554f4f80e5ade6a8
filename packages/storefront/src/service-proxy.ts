import type { IncomingHttpHeaders } from 'node:http';
import { allowLongRequest, type ContractDocument, createInstances } from '@shop/service-kit';
import type { Request, Response } from 'express';
import { Agent } from 'undici';
import { asksForStream, createEventStreams, isEventStream } from './event-streams.ts';
import { type Forwarding, forwardRequest, NothingDone } from './forward-request.ts';
import { problem } from './problems.ts';
import { hasBody, outgoing } from './request-body.ts';
import { isLongRequest, type ServiceKey } from './route-table.ts';

export type ServiceProxy = ReturnType<typeof createServiceProxy>;

const connectionsPerInstance = 256;
/** More than any instance of order_service serves. */
const streamsPerInstance = 2_000;
/** An instance that stops closes connections that had nothing to do for longer than its pause, of 5 s in containers. */
const idleMs = 4_000;
/** A machine that is off does not refuse connections, it says nothing. */
const connectMs = 2_000;
const completeCheckMs = 250;
/** For requests of the gateway's own. */
const ownRequestMs = 1_500;

export interface ServiceProxyLimits {
  /** How long the service may take to begin its reply. */
  readonly replyMs?: number;
  /** Silence in a reply that is not an event stream. */
  readonly silenceMs?: number;
}

/** The way to one service, of so many instances as {@link createInstances} makes of its URLs. */
export function createServiceProxy(
  service: ServiceKey,
  urls: readonly string[],
  { replyMs = 3_000, silenceMs = 30_000 }: ServiceProxyLimits = {},
) {
  const limits = {
    connect: { timeout: connectMs },
    headersTimeout: silenceMs,
    keepAliveMaxTimeout: idleMs,
  };
  const instances = createInstances(urls);
  const agent = new Agent({ ...limits, connections: connectionsPerInstance, bodyTimeout: silenceMs });
  // Streams stay open, and may be silent: they must not use up the connections of all other requests.
  const streamAgent = new Agent({ ...limits, connections: streamsPerInstance, bodyTimeout: 0 });
  // So that a busy service is not taken for one that is unavailable.
  const ownAgent = new Agent({ ...limits, connections: 2 });
  const streams = createEventStreams();

  const unavailable = (cause: unknown) => problem(`${service}-service-unavailable`, { cause });

  /** Asks instances one after the other until one replies, or it would not be safe to ask another. */
  async function untilReplied<T extends { readonly headers: IncomingHttpHeaders }>(
    ask: (origin: string, other: () => string | undefined) => Promise<T>,
    mayRepeat: (error: unknown) => boolean,
  ): Promise<T> {
    let tried: Set<string> | undefined;
    for (let origin = instances.next(); ; ) {
      let next: string | undefined;
      const other = () => {
        tried = (tried ?? new Set()).add(origin);
        next = instances.other(tried);
        return next;
      };
      try {
        const reply = await ask(origin, other);
        instances.replied(origin, reply.headers);
        return reply;
      } catch (error) {
        if (error instanceof NothingDone) instances.replied(origin, error.headers);
        else {
          instances.failed(origin);
          if (mayRepeat(error)) other();
        }
        if (next === undefined) throw error;
        origin = next;
      }
    }
  }

  /** The body of a 200. By undici itself, as `fetch` refuses the user service's port. */
  const ask = async (path: string) => {
    const signal = AbortSignal.timeout(ownRequestMs);
    const { body } = await untilReplied(
      async (origin) => {
        const reply = await ownAgent.request({ origin, method: 'GET', path, signal });
        if (reply.statusCode === 200) return reply;
        await reply.body.dump();
        throw new Error(`answered ${reply.statusCode}`);
      },
      () => true,
    );
    return body.text();
  };

  return {
    /**
     * Forwards a request and streams the reply.
     * @throws Problem `<service>-service-unavailable` when the service is unavailable, and the request may be repeated;
     * `outcome-unknown` when it may not, as the service may have done what it asks for
     */
    forward: async (req: Request, res: Response) => {
      // It has left before it came here, and nothing would end the request any more.
      if (res.destroyed) return;
      const isStream = asksForStream(req);
      const isLong = isLongRequest(req);
      if (isLong) allowLongRequest(req);
      let aborted: Error | undefined;
      let forwarding: Forwarding | undefined;
      const abort = (why: Error) => {
        aborted ??= why;
        forwarding?.abort(why);
      };
      const onBegin = (headers: IncomingHttpHeaders) => {
        if (isEventStream(headers)) streams.add(res, abort);
        // They would wait for the first result, and the caller with its lines for them.
        if (isLong) res.flushHeaders();
      };
      res.once('close', () => {
        if (!res.writableFinished) abort(new Error('the client has left'));
      });
      if (!isStream) limitReply(req, res, replyMs, abort);
      let request: Awaited<ReturnType<typeof outgoing>> | undefined;
      try {
        request = await outgoing(req);
        const { body, mayRepeat, isWhole } = request;
        if (aborted !== undefined) throw aborted;
        await untilReplied(
          (origin, other) => {
            const to = { agent: isStream || isLong ? streamAgent : agent, origin };
            const mayGoElsewhere = () => isWhole && aborted === undefined && other() !== undefined;
            forwarding = forwardRequest(to, req, body(), res, onBegin, mayGoElsewhere);
            return forwarding.begun;
          },
          (error) => aborted === undefined && mayRepeat(error),
        );
      } catch (error) {
        abort(error as Error);
        if (res.destroyed || res.writableEnded) return;
        // The rest of its body would be read by nobody, and taken for the next request.
        if (!req.complete) res.set('Connection', 'close');
        if (forwarding?.wasSent() && !request?.mayRepeat(error))
          throw problem('outcome-unknown', { cause: error });
        throw unavailable(error);
      }
    },
    /** Rejects when no instance is ready. */
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
      await Promise.all([agent, streamAgent, ownAgent].map((each) => each.destroy()));
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
