import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';

export interface HttpServer {
  /** @returns the port that it listens on. */
  start(): Promise<number>;
  /** Takes no new connection, lets requests finish for at most `drainMs`, then cuts what is left. */
  stop(): Promise<void>;
}

export interface HttpServerOptions {
  readonly app: Express;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  readonly drainMs?: number;
  /** A request that has not come whole by then, body and all, is answered 408. */
  readonly requestMs?: number;
}

/** An HTTP server with time limits on headers, requests and idle connections, which stops without cutting replies. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { app, port, host, drainMs = 15_000, requestMs = 30_000 } = options;
  const limits = {
    headersTimeout: Math.min(10_000, requestMs),
    requestTimeout: requestMs,
    keepAliveTimeout: 65_000,
    // Node looks at the limits this often, and by default only every 30 s.
    connectionsCheckingInterval: Math.min(2_000, requestMs),
  };
  const server = createServer(limits, app);
  const connections = trackConnections(server);
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
 * Knows what each connection is busy with. Node's own `closeIdleConnections` leaves those open that never had a
 * request, as browsers keep one, and those that become idle after it: either would hold up a stop until it cuts.
 */
function trackConnections(server: Server) {
  const underWay = new Map<Socket, Set<ServerResponse>>();
  let closing = false;
  server.on('connection', (socket) => {
    underWay.set(socket, new Set());
    socket.once('close', () => underWay.delete(socket));
  });
  server.prependListener('request', ({ socket }, res) => {
    const replies = underWay.get(socket) ?? new Set();
    replies.add(res);
    if (closing) res.setHeader('Connection', 'close');
    res.once('close', () => {
      replies.delete(res);
      if (closing && replies.size === 0) socket.destroySoon();
    });
  });
  return {
    closeUnused: () => {
      closing = true;
      for (const [socket, replies] of underWay) {
        if (replies.size === 0) socket.destroy();
        for (const res of replies) if (!res.headersSent) res.setHeader('Connection', 'close');
      }
    },
  };
}
