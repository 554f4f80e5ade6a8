import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { replyToRefused, type TimeLimits } from './refused-requests.ts';

export interface HttpServer {
  /** @returns the port that it listens on. */
  start(): Promise<number>;
  /** Takes no new connection, lets requests finish for at most `drainMs`, then cuts what is left. */
  stop(): Promise<void>;
}

export interface HttpServerOptions {
  /** Of {@link createHttpApp}: it is left to refuse requests without a Host, and what an Expect asks in vain. */
  readonly app: Express;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  readonly drainMs?: number;
  /** A request that has not come whole by then, body and all, is answered 408. */
  readonly requestMs?: number;
}

/**
 * An HTTP server with time limits on headers, requests and idle connections, which stops without cutting replies.
 * Requests that cannot be parsed, are too large or too slow are answered with problem documents (400, 413, 431, 408),
 * unless a reply is under way on the connection: then it is closed without a word.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { app, port, host, drainMs = 15_000, requestMs = 30_000 } = options;
  const limits = {
    headersTimeout: Math.min(10_000, requestMs),
    requestTimeout: requestMs,
    keepAliveTimeout: 65_000,
    // Node looks at the limits this often, and by default only every 30 s.
    connectionsCheckingInterval: Math.min(2_000, requestMs),
    // Node would answer these with an empty 400.
    requireHostHeader: false,
  };
  const server = createServer(limits, app);
  // Node would answer these with an empty 417.
  server.on('checkExpectation', (req, res) => server.emit('request', req, res));
  const connections = trackConnections(server);
  answerRefused(server, limits, connections.mayAnswer);
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.removeListener('error', reject);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        const cut = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        connections.closeUnused();
      }),
  };
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

interface Connection {
  readonly replies: Set<ServerResponse>;
  last?: { readonly req: IncomingMessage; readonly res: ServerResponse };
}

/**
 * Knows what each connection is busy with. Node's own `closeIdleConnections` leaves those open that never had a
 * request, as browsers keep one, and those that become idle after it: either would hold up a stop until it cuts.
 */
function trackConnections(server: Server) {
  const connections = new Map<Socket, Connection>();
  let closing = false;
  server.on('connection', (socket) => {
    connections.set(socket, { replies: new Set() });
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (req, res) => {
    const { socket } = req;
    const connection = connections.get(socket) ?? { replies: new Set() };
    const { replies } = connection;
    connection.last = { req, res };
    replies.add(res);
    if (closing) res.setHeader('Connection', 'close');
    res.once('close', () => {
      replies.delete(res);
      if (closing && replies.size === 0) socket.destroySoon();
    });
  });
  return {
    /** Whether bytes that cannot be parsed can be answered, and nobody would take it for another reply. */
    mayAnswer: (socket: Socket) => {
      const { replies, last } = connections.get(socket) ?? { replies: new Set() };
      // They are the rest of a request that the app has already, or the beginning of another one.
      if (last !== undefined && !last.req.complete) return replies.size === 1 && !last.res.headersSent;
      return replies.size === 0;
    },
    closeUnused: () => {
      closing = true;
      for (const [socket, { replies }] of connections) {
        if (replies.size === 0) socket.destroy();
        for (const res of replies) if (!res.headersSent) res.setHeader('Connection', 'close');
      }
    },
  };
}
