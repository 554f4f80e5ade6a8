import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
}

/** An HTTP server with time limits on headers, requests and idle connections, which stops without cutting replies. */
export function createHttpServer({ app, port, host, drainMs = 15_000 }: HttpServerOptions): HttpServer {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 },
    app,
  );
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
        server.closeIdleConnections();
      }),
  };
}
