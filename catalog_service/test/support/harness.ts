import { randomUUID } from 'node:crypto';
import type { EventData, ShopEvent } from '@shop/contracts';
import {
  createEvent,
  createInProcessBus,
  type DeadLetterStore,
  decodeEvent,
  type EventBus,
  encodeEvent,
} from '@shop/messaging';
import { createLogger, type Logger } from '@shop/service-kit';
import {
  createContractCheck,
  createTestDatabase,
  createTestTokens,
  type TestDatabase,
  waitFor,
} from '@shop/testing';
import { document } from '../../src/generated/openapi.ts';
import { createCatalogService, migrateCatalogDatabase, readConfig } from '../../src/index.ts';

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies as a client without types would
  readonly body: any;
  readonly headers: Headers;
}

export type Catalog = Awaited<ReturnType<typeof startCatalog>>;

const tokens = createTestTokens();
export const tokenOf = (id: number, role: 'customer' | 'admin') =>
  tokens.token({ id, email: `user${id}@shop.test`, role });
export const adminToken = tokenOf(1, 'admin');
export const customerToken = tokenOf(2, 'customer');

export const createCatalogDatabase = () =>
  createTestDatabase({ template: 'catalog', schema: 'catalog', migrate: migrateCatalogDatabase });

/** Every reply of every test is held against openapi.yaml, and so is every request that was accepted. */
const contract = createContractCheck(document);
let violationsSeen = 0;
afterEach(() => {
  const violations = contract.violations().slice(violationsSeen);
  violationsSeen += violations.length;
  expect(violations).toEqual([]);
});

export interface CatalogOptions {
  readonly demo?: boolean;
  readonly database?: TestDatabase;
  /** Of the environment, besides those that it cannot do without. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A real one, on which the test plays nobody. */
  readonly bus?: EventBus;
}

/** The service as it runs, on a database of its own, with a bus on which the test plays the other services. */
export async function startCatalog(options: CatalogOptions = {}) {
  const database = options.database ?? (await createCatalogDatabase());
  const users = await tokens.startUserService();
  const deadLetters: string[] = [];
  const warnings: string[] = [];
  const destination = { write: (line: string) => void warnings.push(line) };
  const logger = createLogger({ name: 'test', level: 'warn', destination });
  const bus = options.bus ?? createBus(deadLetters, logger);
  const events: ShopEvent[] = [];
  const record = async (wire: Parameters<typeof decodeEvent>[0]) => {
    events.push(decodeEvent(wire));
  };
  if (options.bus === undefined) {
    await bus.subscribe('order_service', 'OrderEvents', record);
    await bus.subscribe('indexer', 'ProductEvents', record);
  }
  const closeOthers = async () => {
    await bus.close();
    await users.close();
    if (options.database === undefined) await database.drop();
  };
  const settings = {
    PORT: '0',
    DATABASE_URL: database.url,
    JWKS_URL: users.jwksUrl,
    USER_SERVICE_URL: users.url,
    SERVICE_SECRETS: 'a secret of at least thirty-two characters',
    SHOP_DEMO: String(options.demo ?? false),
    ...options.settings,
  };
  const startService = async () => {
    const service = createCatalogService(readConfig(settings), { logger, bus, observer: contract.observer });
    return { service, ...(await service.start()) };
  };
  const { service, port, metricsPort } = await startService().catch(async (error) => {
    await closeOthers();
    throw error;
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = createClient(baseUrl);
  return {
    baseUrl,
    users,
    ...client,
    ...createOrders(bus, events),
    app: service.app,
    port,
    metricsPort,
    bus,
    events,
    deadLetters,
    /** What the service and the bus logged as a warning or worse. */
    warnings,
    sql: database.sql,
    createProduct: async (product: object = {}) => {
      const reply = await client.post('/products', { ...mug, ...product });
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
      return reply.body;
    },
    stop: async () => {
      await service.stop();
      await closeOthers();
    },
  };
}

export const mug = { name: 'Coffee Mug', description: 'Of stoneware.', price: 1400, stock: 10 };

function createBus(letters: string[], logger: Logger): EventBus {
  const unused = () => Promise.reject(new Error('not used here'));
  const deadLetters: DeadLetterStore = {
    add: async (_group, _event, reason) => {
      letters.push(reason);
    },
    requested: async () => [],
    remove: unused,
  };
  const groups = {
    CatalogEvents: ['catalog_service'],
    OrderEvents: ['order_service'],
    PaymentEvents: [],
    ProductEvents: ['indexer'],
  };
  return createInProcessBus({ groups, deadLetters, logger });
}

function createClient(base: string) {
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const reply: Reply = {
      status: response.status,
      body: text && JSON.parse(text),
      headers: response.headers,
    };
    return reply;
  };
  return {
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) =>
      send('POST', path, body, headers),
    patch: (path: string, body: unknown, headers?: Record<string, string>) =>
      send('PATCH', path, body, headers),
    delete: (path: string, headers?: Record<string, string>) => send('DELETE', path, undefined, headers),
  };
}

/** Product id and quantity. */
export type Line = readonly [number, number];

const toPieces = ([productId, qty]: Line) => ({ productId, qty });

/** What order_service says, and what it hears. */
function createOrders(bus: EventBus, events: readonly ShopEvent[]) {
  const publish = (event: Parameters<typeof createEvent>[0]) => bus.publish(encodeEvent(createEvent(event)));
  return {
    /** Resolves when the catalog has handled the event. */
    order: async (
      lines: readonly Line[],
      { orderNumber = randomUUID(), id = randomUUID() as string } = {},
    ) => {
      const data: EventData<'CREATE_ORDER'> = {
        orderNumber,
        customerId: 2,
        amount: 0,
        currency: 'usd',
        status: 'pending',
        txnId: null,
        orderItems: lines.map(([productId, qty]) => ({ productId, qty, itemName: 'x', price: 0 })),
      };
      await publish({ source: 'order_service', type: 'CREATE_ORDER', key: orderNumber, id, data });
      return orderNumber;
    },
    /** All that the order holds, or these lines. */
    cancel: (orderNumber: string, lines?: readonly Line[]) => {
      const data = { orderNumber, reason: 'by-customer', ...(lines && { lines: lines.map(toPieces) }) };
      return publish({ source: 'order_service', type: 'CANCEL_ORDER', key: orderNumber, data });
    },
    /** Pieces come back with a refund. */
    takeBack: (orderNumber: string, refundId: string, lines: readonly Line[], id: string = randomUUID()) => {
      const data = { orderNumber, refundId, lines: lines.map(toPieces) };
      return publish({ source: 'order_service', type: 'RETURN_STOCK', key: orderNumber, id, data });
    },
    answers: (orderNumber: string) => events.filter((event) => event.key === orderNumber),
    /** The answers to an order, once there are that many. */
    awaitAnswers: async (orderNumber: string, count = 1) => {
      const found = () => events.filter((event) => event.key === orderNumber);
      await waitFor(() => found().length >= count, { what: `${count} answers to ${orderNumber}` });
      return found();
    },
    /** The events of a product, once there are that many. */
    awaitProductEvents: async (id: number, count: number) => {
      const found = () => events.filter((event) => event.key === String(id));
      await waitFor(() => found().length >= count, { what: `${count} events of product ${id}` });
      return found();
    },
  };
}

/** What must always hold: the stock of every product is the sum of its movements. */
export async function expectStockToAddUp(catalog: Pick<Catalog, 'sql'>): Promise<void> {
  const wrong = await catalog.sql(`
    SELECT p.id, p.stock, coalesce(sum(m.delta), 0)::int AS movements
    FROM products p LEFT JOIN stock_movements m ON m.product_id = p.id
    GROUP BY p.id HAVING p.stock <> coalesce(sum(m.delta), 0)`);
  expect(wrong).toEqual([]);
}

export async function stockOf(catalog: Pick<Catalog, 'sql'>, id: number): Promise<number> {
  const [row] = await catalog.sql<{ stock: number }>('SELECT stock FROM products WHERE id = $1', [id]);
  return row?.stock ?? Number.NaN;
}
