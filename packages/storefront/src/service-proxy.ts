import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { ContractDocument } from '@shop/service-kit';
import type { Request, Response } from 'express';
import { ProxyServer } from 'httpxy';
import { request } from 'undici';
import { asksForStream, createEventStreams, isEventStream } from './event-streams.ts';
import { problem } from './problems.ts';
import { removeHopByHop } from './request-headers.ts';
import type { ServiceKey } from './route-table.ts';

export type ServiceProxy = ReturnType<typeof createServiceProxy>;

const connectionsPerService = 256;
/** More than any instance of order_service serves. */
const streamsPerService = 2_000;
/** A machine that is off does not refuse connections, it says nothing. */
const connectMs = 2_000;
/** Silence in a request that is not an event stream; payment's slowest call takes 10 s. */
const silenceMs = 30_000;
/** For requests of the gateway's own. */
const ownRequestMs = 1_500;

/**
 * The way to one service.
 * @param replyMs how long the service may take to begin its reply
 */
export function createServiceProxy(service: ServiceKey, url: string, replyMs = 3_000) {
  const transport = url.startsWith('https:') ? https : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: connectionsPerService });
  // Streams stay open: they must not use up the connections of all other requests.
  const streamAgent = new transport.Agent({ keepAlive: true, maxSockets: streamsPerService });
  const streams = createEventStreams();

  const createProxy = (agent: Agent) =>
    new ProxyServer<Request, Response>({ target: url, agent, changeOrigin: true, proxyTimeout: silenceMs })
      .on('proxyReq', (proxyReq, _req, res) => {
        limitConnecting(proxyReq);
        abortWithReply(proxyReq, res);
      })
      .on('proxyRes', (proxyRes, _req, res) => {
        prepareReply(proxyRes, res);
        if (isEventStream(proxyRes)) streams.add(proxyRes, res);
      });
  const [proxy, streamProxy] = [createProxy(agent), createProxy(streamAgent)];

  const unavailable = (cause: unknown) => problem(`${service}-service-unavailable`, { cause });
  /** The body of a 200. By undici itself, as `fetch` refuses the user service's port. */
  const ask = async (path: string) => {
    const { statusCode, body } = await request(`${url}${path}`, {
      signal: AbortSignal.timeout(ownRequestMs),
    });
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
      try {
        if (asksForStream(req)) await streamProxy.web(req, res);
        else await Promise.race([proxy.web(req, res), limitReply(req, res, replyMs)]);
      } catch (error) {
        // A client that has left, or that has a reply already, is not told.
        if (!res.destroyed && !res.writableEnded) throw unavailable(error);
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
    close: () => {
      agent.destroy();
      streamAgent.destroy();
    },
  };
}

/** Rejects when the reply has not begun in time. The time begins when the service has, or could have, the whole request. */
function limitReply(req: Request, res: Response, replyMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    const begin = () => {
      const timer = setTimeout(() => {
        if (!res.headersSent) reject(new Error(`the reply has not begun within ${replyMs} ms`));
      }, replyMs);
      res.once('close', () => clearTimeout(timer));
    };
    if (req.complete) begin();
    else req.once('end', begin);
  });
}

function limitConnecting(proxyReq: ClientRequest): void {
  const { socket } = proxyReq;
  if (!socket?.connecting) return;
  const timer = setTimeout(() => proxyReq.destroy(new Error('connecting took too long')), connectMs);
  const settled = () => clearTimeout(timer);
  socket.once('connect', settled).once('close', settled);
}

/** httpxy does so when the client leaves, but not when the gateway has answered instead of the service. */
function abortWithReply(proxyReq: ClientRequest, res: Response): void {
  const abort = () => void proxyReq.destroy();
  if (res.destroyed || res.writableEnded) abort();
  else res.once('close', abort);
}

function prepareReply({ headers }: IncomingMessage, res: Response): void {
  removeHopByHop(headers);
  // Otherwise httpxy says keep-alive even to a client that waits for the end of the connection, or when the gateway is
  // stopping.
  const { maxRequestsOnConnectionReached: isLast } = res as { maxRequestsOnConnectionReached?: boolean };
  const closing = isLast || !res.shouldKeepAlive || res.getHeader('connection') === 'close';
  headers.connection = closing ? 'close' : 'keep-alive';
  if (/^\/(?!\/)/.test(headers.location ?? '')) headers.location = `/api${headers.location}`;
}
