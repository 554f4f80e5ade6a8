import { AsyncResource } from 'node:async_hooks';
import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { AppError, type OpenApiDocument } from '@shop/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { asksForStream, createEventStreams, isEventStream } from './event-streams.ts';
import { removeHopByHop } from './request-headers.ts';

export interface ServiceProxy {
  /** Forwards a request and streams the reply; 503 `<service>-unavailable` when the service is away. */
  readonly forward: RequestHandler;
  /** Rejects when the service is not ready. */
  check(): Promise<void>;
  /**
   * The service's own OpenAPI document.
   * @throws AppError `unavailable` when the service does not give it
   */
  readDocument(): Promise<OpenApiDocument>;
  /** Ends the replies that would go on for ever, and those yet to come, so that a shutdown need not wait for them. */
  endStreams(): void;
  close(): void;
}

export interface ServiceProxyOptions {
  /** How long the service may take to begin its reply, in milliseconds. */
  readonly replyMs?: number;
  /** `user_service`. */
  readonly name: string;
  readonly url: string;
}

const connectionsPerService = 256;
/** More than any instance of order_service serves. */
const streamsPerService = 2_000;
/** A machine that is off does not refuse connections, it says nothing. */
const connectMs = 2_000;
/** Silence in a request that is not an event stream; payment's slowest call takes 10 s. */
const silenceMs = 30_000;
/** For what the gateway itself asks. */
const askMs = 1_500;

/** The way to one service. It uses node:http, as `fetch` refuses the user service's port. */
export function createServiceProxy({ name, url, replyMs = 3_000 }: ServiceProxyOptions): ServiceProxy {
  const transport = url.startsWith('https:') ? https : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: connectionsPerService });
  // Streams last: they must not use up the connections of all else.
  const streamAgent = new transport.Agent({ keepAlive: true, maxSockets: streamsPerService });
  const streams = createEventStreams();
  const failures = new WeakMap<object, (error: unknown) => void>();

  const proxy = (agent: Agent) =>
    createProxyMiddleware<Request, Response>({
      target: url,
      agent,
      changeOrigin: true,
      proxyTimeout: silenceMs,
      on: {
        proxyReq: (proxyReq, _req, res) => {
          limitConnecting(proxyReq);
          abortWithClient(proxyReq, res);
        },
        proxyRes: (proxyRes, _req, res) => {
          prepareReply(proxyRes, res);
          if (isEventStream(proxyRes)) streams.add(proxyRes, res);
        },
        error: (error, _req, res) => {
          // Whoever has gone away, or has a whole reply, need not be told.
          if (!res.destroyed && !res.writableEnded) failures.get(res)?.(unavailable(name, error));
        },
      },
    });
  const [forward, forwardStream] = [proxy(agent), proxy(streamAgent)];

  const ask = (path: string) => replyTo(transport.get(`${url}${path}`, { agent, timeout: askMs }), name);

  return {
    forward: (req, res, next) => {
      // Socket events do not run in the request's trace, which the problem document names.
      const fail = AsyncResource.bind(next);
      failures.set(res, fail);
      if (asksForStream(req)) return forwardStream(req, res, next);
      const tooSlow = new Error(`it has not begun its reply within ${replyMs} ms`);
      limitReply(req, res, replyMs, () => fail(unavailable(name, tooSlow)));
      return forward(req, res, next);
    },
    check: async () => void (await ask('/readyz')),
    readDocument: async () => {
      try {
        return JSON.parse(await ask('/openapi.json')) as OpenApiDocument;
      } catch (error) {
        throw unavailable(name, error);
      }
    },
    endStreams: streams.end,
    close: () => {
      agent.destroy();
      streamAgent.destroy();
    },
  };
}

const unavailable = (name: string, cause: unknown) =>
  new AppError(
    'unavailable',
    `${name.replaceAll('_', '-')}-unavailable`,
    `${name} does not answer right now. Try again in a moment.`,
    { cause, retryAfter: 1 },
  );

/** The service's time begins when it has, or could have, the whole request. */
function limitReply(req: Request, res: Response, replyMs: number, tooSlow: () => void): void {
  const begin = () => {
    const timer = setTimeout(() => {
      if (!res.headersSent) tooSlow();
    }, replyMs);
    res.once('close', () => clearTimeout(timer));
  };
  if (req.complete) begin();
  else req.once('end', begin);
}

function limitConnecting(proxyReq: ClientRequest): void {
  const { socket } = proxyReq;
  if (!socket?.connecting) return;
  const timer = setTimeout(() => proxyReq.destroy(new Error('connecting took too long')), connectMs);
  const settled = () => clearTimeout(timer);
  socket.once('connect', settled).once('close', settled);
}

function abortWithClient(proxyReq: ClientRequest, res: Response): void {
  // Also when it was answered without the service, which took too long.
  const abort = () => void proxyReq.destroy();
  if (res.destroyed || res.writableEnded) abort();
  else res.once('close', abort);
}

function prepareReply(proxyRes: IncomingMessage, res: Response): void {
  const { headers } = proxyRes;
  removeHopByHop(headers);
  // Otherwise http-proxy says keep-alive even to a client that waits for the end of the connection, or when the
  // gateway is stopping.
  const { maxRequestsOnConnectionReached: isLast } = res as { maxRequestsOnConnectionReached?: boolean };
  const closing = isLast || !res.shouldKeepAlive || res.getHeader('connection') === 'close';
  headers.connection = closing ? 'close' : 'keep-alive';
  if (/^\/(?!\/)/.test(headers.location ?? '')) headers.location = `/api${headers.location}`;
  proxyRes.once('close', () => {
    // A reply that broke off must not look complete, nor stay open.
    if (!proxyRes.complete) res.destroy();
  });
}

/** The body of a 200. */
function replyTo(request: ClientRequest, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request.once('response', (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`${name} answered ${reply.statusCode}`));
      text(reply).then(resolve, reject);
    });
    request.once('timeout', () => request.destroy(new Error(`${name} took too long`)));
    request.on('error', reject);
  });
}
