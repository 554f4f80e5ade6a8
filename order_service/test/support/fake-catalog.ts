import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FakeProduct {
  name: string;
  price: number;
  currency: string;
  stock: number;
  imageUrl?: string | null;
}

/** How it treats a request: well, by hanging up, by never answering, or with a 500. */
export type Mood = 'well' | 'away' | 'silent' | 'broken';

export interface FakeCatalog {
  readonly url: string;
  mood: Mood;
  /** Every list of ids it was asked about. */
  readonly asked: number[][];
  /** Puts a product up for sale, or changes it. @returns its id */
  sell(product?: Partial<FakeProduct> & { id?: number }): number;
  discontinue(id: number): void;
  /** Holds replies back until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** `POST /products/stock` as catalog_service answers it. */
export async function startFakeCatalog(): Promise<FakeCatalog> {
  const products = new Map<number, FakeProduct>();
  const asked: number[][] = [];
  let lastId = 0;
  let held: Promise<void> = Promise.resolve();

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (catalog.mood === 'well' && req.url?.startsWith('/timeline/'))
      return void res.setHeader('content-type', 'application/json').end(JSON.stringify({ items: [] }));
    const { ids = [] } = JSON.parse((await text(req)) || '{}') as { ids?: number[] };
    asked.push(ids);
    if (catalog.mood === 'away') return void req.socket.destroy();
    if (catalog.mood === 'silent') return;
    if (req.url !== '/products/stock' || catalog.mood === 'broken') return void res.writeHead(500).end();
    await held;
    const items = ids.flatMap((id) => (products.has(id) ? [{ id, ...products.get(id) }] : []));
    const missing = ids.filter((id) => !products.has(id));
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ items, missing }));
  }

  const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const catalog: FakeCatalog = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood: 'well',
    asked,
    sell: ({ id = ++lastId, ...changes } = {}) => {
      const before = products.get(id) ?? { name: `Product ${id}`, price: 1000, currency: 'eur', stock: 100 };
      products.set(id, { ...before, ...changes });
      return id;
    },
    discontinue: (id) => {
      products.delete(id);
    },
    hold: () => {
      let letGo = () => {};
      held = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return catalog;
}
