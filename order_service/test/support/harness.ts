import type { EventData, ShopEvent } from '@shop/contracts';
import { createLogger, createPeerToken } from '@shop/service-kit';
import {
  createContractCheck,
  createTestDatabase,
  createTestTokens,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
  waitFor,
} from '@shop/testing';
import request from 'supertest';
import { document } from '../../src/generated/openapi.ts';
import { createOrderService, migrateOrderDatabase, readConfig } from '../../src/index.ts';
import { createOthers, type EventRecord } from './events-heard.ts';
import { startFakeCatalog } from './fake-catalog.ts';
import { startFakePayments } from './fake-payments.ts';

export interface HarnessOptions {
  /** Settings beside the ones that a test cannot do without. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False: catalog and payment do not listen yet, so what is said to them waits in the outbox. */
  readonly listening?: boolean;
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;
type PaymentStatus = EventData<'CREATE_PAYMENT'>['status'];

// Whatever a test is about, what the service answers on the way is what its document says.
const contract = createContractCheck(document);
afterEach(() => expect(contract.violations()).toEqual([]));

/** The key that the service trusts. */
export const tokens = createTestTokens();

/** A token as the user service makes them, or with other claims. */
export const token = (id: number, claims: Record<string, unknown> = {}) =>
  tokens.token({ id, email: `customer${id}@shop.test`, role: 'customer', ...claims });

/** The service as production composes it, on a database of its own, among fakes of the services around it. */
export async function startHarness({ settings = {}, listening = true }: HarnessOptions = {}) {
  const logs: { level: number; msg: string }[] = [];
  const logger = createLogger({
    name: 'order_service',
    destination: { write: (line) => void logs.push(JSON.parse(line)) },
  });
  const database = await createTestDatabase({
    template: 'order_service',
    migrate: migrateOrderDatabase,
    schema: 'orders',
  });
  const [catalog, payments, users, network] = await Promise.all([
    startFakeCatalog(),
    startFakePayments(),
    tokens.startUserService(),
    startTcpProxy(database.url),
  ]);
  const events: EventRecord = { heard: [], deadLetters: [] };
  const stops: (() => Promise<void>)[] = [];

  /** Each instance has a bus of its own, as two processes would; all share the database and what is heard. */
  async function startInstance(overrides: Record<string, string> = {}) {
    const config = readConfig({
      PORT: '0',
      DATABASE_URL: network.url,
      CATALOG_SERVICE_URL: catalog.url,
      PAYMENT_SERVICE_URL: payments.url,
      SERVICE_SECRETS: payments.secret,
      JWKS_URL: users.jwksUrl,
      USER_SERVICE_URL: users.url,
      ...settings,
      ...overrides,
    });
    const others = createOthers(logger, events, payments);
    if (listening) await others.listen();
    const service = createOrderService(config, { logger, bus: others.bus, observer: contract.observer });
    const stop = async () => {
      // What waits for listeners would hold up the stop.
      if (!listening) await others.listen();
      await service.stop();
      await others.bus.close();
    };
    stops.push(stop);
    const { port, metricsPort } = await service.start();
    const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return { app: service.app, url: `http://127.0.0.1:${port}`, port, metrics, stop, others };
  }

  const { app, url, port, metrics, others } = await startInstance();
  let lastCustomer = 100;
  const agent = (bearer: string, at = url) => request.agent(at).set('authorization', `Bearer ${bearer}`);
  const as = (customerId: number, at = url) => agent(token(customerId), at);
  /** user_service, which calls for itself. */
  const userService = agent(createPeerToken([payments.secret], 'user_service', 'order_service'));
  const admin = agent(token(1, { role: 'admin' }));

  /** Puts products into the customer's cart, `[productId, qty]` each. */
  async function fillCart(customerId: number, ...lines: readonly (readonly [number, number])[]) {
    for (const [productId, qty] of lines) {
      const reply = await as(customerId).post('/cart').send({ productId, qty });
      if (reply.status >= 300) throw new Error(`The cart was not filled: ${reply.text}`);
    }
  }

  /** A new order of one product at 10.00, as far as it is asked for. */
  async function order(customerId: number, state: 'pending' | 'processing' | 'completed' = 'pending') {
    await fillCart(customerId, [catalog.sell(), 1]);
    const { body } = await as(customerId).post('/orders').expect(201);
    const { orderNumber } = body as { orderNumber: string };
    if (state !== 'pending') await reserved(orderNumber);
    if (state === 'completed') await payment(orderNumber, `pi_${orderNumber}`, 'succeeded');
    return orderNumber;
  }

  const reserved = (orderNumber: string) =>
    others.say<'STOCK_RESERVED'>({
      source: 'catalog_service',
      type: 'STOCK_RESERVED',
      key: orderNumber,
      data: { orderNumber },
    });

  const rejected = (orderNumber: string, shortages: EventData<'STOCK_REJECTED'>['shortages']) =>
    others.say<'STOCK_REJECTED'>({
      source: 'catalog_service',
      type: 'STOCK_REJECTED',
      key: orderNumber,
      data: { orderNumber, shortages },
    });

  const payment = (
    orderNumber: string,
    paymentId: string,
    status: PaymentStatus,
    { amount = 1000, currency = 'eur' } = {},
  ) =>
    others.say<'CREATE_PAYMENT'>({
      source: 'payment_service',
      type: 'CREATE_PAYMENT',
      id: `${paymentId}:${status}`,
      key: orderNumber,
      data: { orderNumber, paymentId, status, amount, currency, paymentLog: '{}' },
    });

  /** The order as an administrator sees it, history included. */
  const look = async (orderNumber: string) => (await admin.get(`/orders/${orderNumber}`).expect(200)).body;

  /** Waits until all that was said has been heard. */
  const settled = () =>
    waitFor(async () => (await database.sql('SELECT FROM outbox WHERE sent_at IS NULL')).length === 0, {
      what: 'the outbox to be empty',
    });

  /** What others were told of an order after its CREATE_ORDER, once all is quiet. */
  async function commands(orderNumber: string): Promise<{ type: string; data: unknown }[]> {
    await settled();
    return events.heard.filter(isCommandOn(orderNumber)).map(({ type, data }) => ({ type, data }));
  }

  return {
    app,
    url,
    port,
    /** What Prometheus reads. */
    metrics,
    database: database as Pick<TestDatabase, 'sql' | 'url'>,
    network: network as Omit<TcpProxy, 'close'>,
    catalog,
    payments,
    users,
    serviceSecret: payments.secret,
    logs,
    logger,
    ...events,
    say: others.say,
    forge: others.forge,
    startInstance,
    newCustomer: () => ++lastCustomer,
    agent,
    as,
    admin,
    userService,
    fillCart,
    order,
    reserved,
    rejected,
    payment,
    look,
    settled,
    commands,
    stop: async () => {
      network.heal();
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all([catalog.close(), payments.close(), users.close(), network.close()]);
      await database.drop();
    },
  };
}

const isCommandOn = (orderNumber: string) => (event: ShopEvent) =>
  event.key === orderNumber && event.type !== 'CREATE_ORDER';
