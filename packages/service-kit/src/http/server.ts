import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Express } from 'express';
import { countedAddress } from './counted-address.ts';
import { mayBeLong } from './long-requests.ts';
import { replyToRefused, type TimeLimits } from './refused-requests.ts';
import { createShares } from './shares.ts';

export type HttpServer = ReturnType<typeof createHttpServer>;

export interface HttpServerOptions {
  /** Of {@link createHttpApp}: it is left to refuse requests without a Host, and what an Expect asks in vain. */
  readonly app: Express;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  readonly drainMs?: number;
  /** A request that has not come whole by then, body and all, is answered 408; see {@link allowLongRequest}. */
  readonly requestMs?: number;
  /** A connection that has taken nothing of its replies for so long is cut. */
  readonly unreadMs?: number;
  /** How many connections one address may have open, unless it is a proxy that the app trusts; any number by default. */
  readonly connectionsPerAddress?: number;
}

/**
 * An HTTP server with time limits on headers, requests and idle connections, which stops without cutting replies.
 * Requests that cannot be parsed, are too large or too slow are answered with problem documents (400, 413, 431, 408),
 * unless a reply is under way on the connection: then it is closed without a word.
 */
export function createHttpServer(options: HttpServerOptions) {
  const { app, port, host, drainMs = 15_000, requestMs = 30_000, unreadMs = 15_000 } = options;
  const { connectionsPerAddress = Number.POSITIVE_INFINITY } = options;
  const limits = {
    headersTimeout: Math.min(10_000, requestMs),
    // It has no exceptions; see `refuseLate`.
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    // Node looks at the limits this often, and by default only every 30 s.
    connectionsCheckingInterval: Math.min(2_000, requestMs),
    // Node would answer these with an empty 400.
    requireHostHeader: false,
  };
  const server = createServer(limits, oneAfterAnother(app));
  server.maxRequestsPerSocket = requestsPerConnection;
  // Node would answer these with an empty 417.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  server.prependListener('request', toOriginForm);
  limitConnections(server, connectionsPerAddress, app.get('trust proxy fn'));
  const connections = trackConnections(server);
  // It would cut connections whose next request is on its way; see `spareMs`.
  server.closeIdleConnections = () => {};
  const unread = setInterval(() => connections.cutUnread(unreadMs), Math.min(1_000, unreadMs / 4)).unref();
  const late = setInterval(
    () => connections.refuseLate(requestMs),
    limits.connectionsCheckingInterval,
  ).unref();
  answerRefused(server, { ...limits, requestTimeout: requestMs }, connections.mayAnswer);
  return {
    /** @returns the port that it listens on. */
    start: async () => {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    /** From now on each reply is the last of its connection, so that callers go elsewhere; new ones are still taken. */
    drain: connections.drain,
    /** Takes no new connection, lets requests finish for at most `drainMs`, then cuts what is left. */
    stop: async () => {
      if (server.listening) {
        connections.drain();
        await takeAccepted(server);
        const cut = setTimeout(() => server.closeAllConnections(), drainMs);
        const unused = setInterval(connections.closeUnused, spareMs.answered / 2);
        server.close();
        connections.closeUnused();
        await once(server, 'close');
        clearInterval(unused);
        clearTimeout(cut);
      }
      clearInterval(unread);
      clearInterval(late);
    },
  };
}

/**
 * Requests that came together on one connection (pipelining) are answered in order, so they are worked on in order too: all at
 * once, a hundred of them on each of many connections would keep everybody else waiting. Those behind the last reply of a
 * connection are not worked on at all, and one that sends too many ahead is cut: each takes memory.
 */
function oneAfterAnother(app: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return (req, res) => {
    const { socket } = req;
    const work = () => {
      if (socket.destroyed || socket.writableEnded) return;
      res.once('close', () => {
        const next = waiting.get(socket)?.shift();
        if (next === undefined) waiting.delete(socket);
        else setImmediate(next);
      });
      app(req, res);
    };
    const queue = waiting.get(socket);
    if (queue !== undefined) {
      if (queue.push(work) > requestsAhead) socket.destroy();
      return;
    }
    waiting.set(socket, []);
    work();
  };
}

/** Those beyond the limit are closed without a word, for even a refusal would have to wait for a request. */
function limitConnections(
  server: Server,
  most: number,
  isTrusted: (address: string | undefined, hop: number) => boolean,
): void {
  const take = createShares(most);
  server.prependListener('connection', (socket) => {
    const { remoteAddress } = socket;
    if (isTrusted(remoteAddress, 0)) return;
    const giveBack = take(countedAddress(remoteAddress ?? 'unknown'));
    if (giveBack === undefined) socket.destroy();
    else socket.once('close', giveBack);
  });
}

/**
 * The system accepts connections by itself, and resets those that Node has not taken when the listener closes. Node takes
 * one of them in a turn of its loop: it goes on until a whole turn brings none.
 */
async function takeAccepted(server: Server): Promise<void> {
  const until = performance.now() + acceptMs;
  let turnsWithout = 0;
  const count = () => {
    turnsWithout = 0;
  };
  server.on('connection', count);
  // Half of a turn may be over when it begins.
  while (turnsWithout < 2 && performance.now() < until) {
    turnsWithout += 1;
    await nextTurn();
  }
  server.off('connection', count);
}

/**
 * A request target may be a whole URL, as proxies are sent it: its host counts instead of the header's (RFC 9112, section
 * 3.2.2), and the app is to see a path as ever.
 */
function toOriginForm(req: IncomingMessage): void {
  const [, host, path = ''] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(req.url ?? '') ?? [];
  if (host === undefined) return;
  req.headers.host = host;
  req.url = path.startsWith('/') ? path : `/${path}`;
}

/**
 * Answers what never comes to the app: https://nodejs.org/api/http.html#event-clienterror. Nothing is logged: anybody
 * can send such bytes, as many as they like.
 */
function answerRefused(server: Server, limits: TimeLimits, mayAnswer: (socket: Socket) => boolean): void {
  server.on('clientError', (error, stream) => {
    const socket = stream as Socket;
    const reply = replyToRefused(error, limits);
    // Bytes that follow what was just refused, or a connection that is to be closed once its last reply is out.
    if (reply !== undefined && socket.writableEnded) return;
    if (reply === undefined || !socket.writable || !mayAnswer(socket)) return void socket.destroy();
    socket.end(reply);
    socket.destroySoon();
  });
}

/** One connection may ask for many replies at once and read none (pipelining); after so many it has to begin again. */
const requestsPerConnection = 100;

/** Browsers and proxies send none ahead of a reply, other clients a few. */
const requestsAhead = 10;

/** For so long a connection that was just opened, or answered, may have its next request on the way. */
const spareMs = { opened: 1_000, answered: 100 };

/** Of the replies of a server that stops: callers that know other instances ask those from now on. */
export const drainingHeader = 'x-draining';

/** Under a load of new connections that is never less than Node can take, the rest of them is reset after this. */
const acceptMs = 2_000;

interface Connection {
  readonly replies: Set<ServerResponse>;
  /** Until then it is not closed for having no request. */
  sparedUntil: number;
  unused?: boolean;
  /** It has asked for more than a connection may, and closes after its last reply. */
  over?: boolean;
  /** How many bytes of replies the other end had taken, and since when it has taken no more. */
  taken?: { readonly bytes: number; readonly since: number };
  last?: { readonly req: IncomingMessage; readonly res: ServerResponse };
  /** How many bytes had come of its last request, and since when there was nothing more to read. */
  come?: { readonly bytes: number; readonly since: number };
}

/**
 * Knows what each connection is busy with. Node's own `closeIdleConnections` leaves those open that never had a
 * request, as browsers keep one, and those that become idle after it: either would hold up a stop until it cuts.
 */
function trackConnections(server: Server) {
  const connections = new Map<Socket, Connection>();
  let draining = false;
  const sayLast = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('Connection', 'close').setHeader(drainingHeader, '1');
  };
  server.on('connection', (socket) => {
    connections.set(socket, { replies: new Set(), sparedUntil: performance.now() + spareMs.opened });
    socket.once('close', () => connections.delete(socket));
  });
  // Node refuses each request beyond the limit, but does not close the connection on which more of them wait.
  server.on('dropRequest', (_req, stream) => {
    const socket = stream as Socket;
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.over = true;
    if (connection.replies.size === 0) socket.destroySoon();
  });
  server.prependListener('request', (req, res) => {
    const { socket } = req;
    const connection = connections.get(socket) ?? { replies: new Set(), sparedUntil: 0 };
    const { replies } = connection;
    connection.last = { req, res };
    connection.come = { bytes: socket.bytesRead, since: performance.now() };
    replies.add(res);
    if (draining) sayLast(res);
    res.once('close', () => {
      replies.delete(res);
      if (replies.size > 0) return;
      connection.sparedUntil = performance.now() + spareMs.answered;
      if (connection.over) socket.destroySoon();
    });
  });
  return {
    /** Whether bytes that cannot be parsed can be answered, and nobody would take it for another reply. */
    mayAnswer: (socket: Socket) => {
      const { replies, last } = connections.get(socket) ?? { replies: new Set<ServerResponse>() };
      // They are the rest of a request that the app has already, or the beginning of another one.
      if (last !== undefined && !last.req.complete) return replies.size === 1 && !last.res.headersSent;
      return replies.size === 0;
    },
    cutUnread: (limitMs: number) => {
      const now = performance.now();
      for (const [socket, connection] of connections) {
        const bytes = socket.bytesWritten - socket.writableLength;
        if (socket.writableLength === 0 || connection.taken?.bytes !== bytes)
          connection.taken = { bytes, since: now };
        else if (now - connection.taken.since > limitMs) socket.destroy();
      }
    },
    /** As Node does by its `requestTimeout`, but for those that may be long. */
    refuseLate: (limitMs: number) => {
      const now = performance.now();
      for (const [socket, connection] of connections) {
        const { last, come } = connection;
        if (last === undefined || come === undefined || last.req.complete) continue;
        const { bytesRead: bytes } = socket;
        const waits = bytes === come.bytes && last.req.readableLength === 0;
        if (mayBeLong(last.req) && !waits) connection.come = { bytes, since: now };
        else if (now - come.since > limitMs) {
          const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
          server.emit('clientError', error, socket);
        }
      }
    },
    drain: () => {
      draining = true;
      for (const { replies } of connections.values()) for (const res of replies) sayLast(res);
    },
    closeUnused: () => {
      const now = performance.now();
      for (const [socket, connection] of connections) {
        if (connection.replies.size > 0 || connection.sparedUntil > now) continue;
        // In a process that is late, what it was sent may not have been read yet: it is by the next time.
        if (connection.unused) socket.destroy();
        connection.unused = true;
      }
    },
  };
}
