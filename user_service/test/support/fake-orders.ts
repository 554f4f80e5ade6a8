import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterThisTest } from './harness.ts';

/** order_service, which knows who has orders. */
export async function startFakeOrders() {
  const orders = {
    customers: new Set<number>(),
    /** The numbers of those that have not come to an end, by customer. */
    open: new Map<number, string[]>(),
    /** What `GET /orders` has, page by page. */
    pages: [[]] as object[][],
    asked: [] as number[][],
    tokens: [] as string[],
    reply: undefined as { status: number; body: unknown } | undefined,
    url: '',
  };
  const forget = (ids: number[], isKept: (id: number) => boolean) => {
    orders.asked.push(ids);
    return { ids: ids.filter((id) => !isKept(id)) };
  };
  const answer = (path: string, { ids = [] }: { ids?: number[] }, cursor: string | null) => {
    if (path === '/guests/forget') return forget(ids, (id) => orders.customers.has(id));
    if (path === '/customers/forget') return forget(ids, (id) => orders.open.has(id));
    const [, id] = /^\/customers\/(\d+)\/open-orders$/.exec(path) ?? [];
    if (id !== undefined) return { orderNumbers: orders.open.get(Number(id)) ?? [] };
    if (path !== '/orders') return undefined;
    const page = Number(cursor ?? 0);
    return { items: orders.pages[page], nextCursor: page + 1 < orders.pages.length ? `${page + 1}` : null };
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    orders.tokens.push(String(request.headers.authorization));
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://orders');
    const usual = () => answer(pathname, text === '' ? {} : JSON.parse(text), searchParams.get('cursor'));
    const body = orders.reply === undefined ? usual() : orders.reply.body;
    const status = orders.reply?.status ?? (body === undefined ? 404 : 200);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  orders.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterThisTest(async () => {
    server.close();
    server.closeAllConnections();
  });
  return orders;
}
