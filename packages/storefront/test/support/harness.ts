import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@shop/service-kit';
import { createStorefront, readConfig, type StorefrontConfig } from '@shop/storefront';

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** A tiny service that remembers what it was asked, and says so unless `answer` is changed. */
export async function startUpstream(port = 0) {
  const received: Received[] = [];
  const echo: Answer = async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    const { method = '', url = '', headers } = req;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ url }));
  };
  const upstream = {
    received,
    answer: echo,
    url: '',
    server: http.createServer((req, res) => {
      if (req.url === '/readyz') res.end('{}');
      else upstream.answer(req, res);
    }),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
  const { server } = upstream;
  server.listen(port, '127.0.0.1');
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => Promise.reject(error)),
  ]);
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;

/** On a port that browsers and `fetch` refuse, as they do the user service's 6000. */
export async function startUpstreamOnBadPort(): Promise<Upstream> {
  for (const port of [6665, 6666, 6667, 6668, 6669, 6679, 6697]) {
    const upstream = await startUpstream(port).catch(() => undefined);
    if (upstream !== undefined) return upstream;
  }
  throw new Error('None of the ports is free.');
}

export async function startHarness(
  options: Partial<StorefrontConfig> = {},
  startUser: () => Promise<Upstream> = startUpstreamOnBadPort,
  second: { readonly order?: Upstream } = {},
) {
  const user = await startUser();
  const [catalog, order, payment] = [await startUpstream(), await startUpstream(), await startUpstream()];
  const logger = createLogger({ name: 'storefront', level: 'silent' });
  const config = readConfig({
    PORT: '0',
    USER_SERVICE_URL: user.url,
    CATALOG_SERVICE_URL: catalog.url,
    ORDER_SERVICE_URL: second.order === undefined ? order.url : `${order.url}, ${second.order.url}`,
    PAYMENT_SERVICE_URL: payment.url,
  });
  // All callers of a test have one address.
  const storefront = createStorefront({ ...config, limitClients: false, ...options }, { logger });
  const { port } = await storefront.start();
  const upstreams = { user, catalog, order, payment };
  return {
    upstreams,
    storefront,
    port,
    url: `http://127.0.0.1:${port}`,
    /** Begins a request as no `fetch` would let us. */
    request: (path: string, init: http.RequestOptions = {}) =>
      http.request({ port, path, agent: false, ...init }),
    stop: async () => {
      await storefront.stop();
      for (const upstream of Object.values(upstreams)) await upstream.close();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

/** The whole reply to a request that was begun. */
export async function replyTo(request: http.ClientRequest) {
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of reply) body += chunk;
  return { status: reply.statusCode, headers: reply.headers, body };
}
