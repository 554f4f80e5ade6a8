import { consumerGroups, type ShopEvent } from '@shop/contracts';
import { createFakeStripe } from '@shop/fake-stripe';
import {
  createEvent,
  createInProcessBus,
  type DeadLetter,
  decodeEvent,
  type EventBus,
  encodeEvent,
} from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { createContractCheck, createTestTokens, type TestClaims, waitFor } from '@shop/testing';
import type Stripe from 'stripe';
import { createPaymentService } from '../../src/app.ts';
import type { StripeLimits } from '../../src/clients/stripe-calls.ts';
import { createStripeClient } from '../../src/clients/stripe-client.ts';
import { type PaymentConfig, readConfig } from '../../src/config.ts';
import { document } from '../../src/generated/openapi.ts';
import { startFakeOrders } from './fake-orders.ts';
import { createMemoryDeadLetters } from './memory-dead-letters.ts';

export const secretKey = 'sk_test_51HarnessSecretKey';
export const webhookSecret = 'whsec_current';
export const serviceSecret = 'a secret that only services of this test know';
const tokens = createTestTokens();

const contract = createContractCheck(document);
let reported = 0;
afterEach(() => {
  const violations = contract.violations().slice(reported);
  reported += violations.length;
  expect(violations).toEqual([]);
});

export const tokenOf = (id: number, claims: Partial<TestClaims> = {}) =>
  tokens.token({ id, email: `user${id}@shop.test`, role: 'customer', ...claims });

export const customer = tokenOf(7);
export const stranger = tokenOf(8);
export const admin = tokenOf(1, { role: 'admin' });

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface HarnessOptions {
  readonly config?: Partial<PaymentConfig>;
  /** Instead of the client that the service makes. */
  readonly stripe?: (apiUrl: string) => Stripe;
  readonly stripeLimits?: StripeLimits;
  /** Where the fake Stripe keeps its payments, for stories in which it restarts. */
  readonly stripeData?: string;
}

/** The composition root between a fake Stripe, a fake order_service and an in-process bus. */
export async function startHarness(options: HarnessOptions = {}) {
  const stripe = createFakeStripe({
    webhooks: [],
    dataFile: options.stripeData,
    retryDelaysMs: { first: 20, cap: 50 },
  });
  const { url: stripeUrl, port: stripePort } = await stripe.start();
  const users = await tokens.startUserService();
  const orders = await startFakeOrders();
  const logs: string[] = [];
  const logger = createLogger({
    name: 'payment_service',
    level: 'trace',
    destination: { write: (line) => void logs.push(line) },
  });
  const events = await createRecordingBus(logger);
  const config = testConfig({
    STRIPE_API_URL: stripeUrl,
    ORDER_SERVICE_URL: orders.url,
    JWKS_URL: users.jwksUrl,
    USER_SERVICE_URL: users.url,
  });
  const service = createPaymentService(
    { ...config, ...options.config },
    {
      logger,
      bus: events.bus,
      observer: contract.observer,
      ...(options.stripe && { stripe: options.stripe(stripeUrl) }),
      ...(options.stripeLimits && { stripeLimits: options.stripeLimits }),
    },
  );
  const { port, metricsPort } = await service.start();
  const url = `http://127.0.0.1:${port}`;
  stripe.addWebhook({ url: `${url}/webhooks/stripe`, secret: webhookSecret });

  return {
    service,
    url,
    orders,
    users,
    stripe,
    stripePort,
    /** The SDK against the fake, for what the customer's browser does. */
    sdk: createStripeClient({ stripeSecretKey: secretKey, stripeApiUrl: stripeUrl }),
    logs,
    ...events,
    /** The samples of a metric: `{status="created"} 1` and so on. */
    metric: async (name: string) => {
      const lines = (await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).split('\n');
      const ofName = lines.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
      return ofName.map((line) => line.slice(name.length).replace(/,?service="payment_service",?/, ''));
    },
    post: (path: string, token: string | undefined, body?: unknown, headers: Record<string, string> = {}) =>
      post(`${url}${path}`, token, body, headers),
    async close() {
      await service.stop();
      await events.bus.close();
      await Promise.all([stripe.stop(), orders.close(), users.close()]);
    },
  };
}

export type Harness = Awaited<ReturnType<typeof startHarness>>;

export function testConfig(environment: Record<string, string>): PaymentConfig {
  return readConfig({
    PORT: '0',
    SERVICE_SECRETS: serviceSecret,
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_PUBLISHABLE_KEY: 'pk_test_harness',
    PAYMENTS_PER_USER: '10000/1m',
    STRIPE_WEBHOOK_SECRET: `whsec_next,${webhookSecret}`,
    ...environment,
  });
}

/** A bus with order_service's ears, whose publishing can be made to fail. */
async function createRecordingBus(logger: Parameters<typeof createInProcessBus>[0]['logger']) {
  const deadLetters = createMemoryDeadLetters();
  const inner = createInProcessBus({ groups: consumerGroups, deadLetters, logger });
  const published: ShopEvent<'CREATE_PAYMENT'>[] = [];
  const faults = { failPublishes: 0 };
  await inner.subscribe('order_service', 'OrderEvents', async (wire) => {
    published.push(decodeEvent(wire) as ShopEvent<'CREATE_PAYMENT'>);
  });
  const bus: EventBus = {
    ...inner,
    publish: async (event) => {
      if (event.topic === 'OrderEvents' && faults.failPublishes > 0) {
        faults.failPublishes -= 1;
        throw new Error('the broker is unavailable');
      }
      await inner.publish(event);
    },
  };
  const eventsOf = (orderNumber: string) => published.filter((event) => event.key === orderNumber);
  return {
    bus,
    faults,
    eventsOf,
    /** The ids of what was published about an order, repeats left out, in order. */
    newsOf: (orderNumber: string) => [...new Set(eventsOf(orderNumber).map((event) => event.id))],
    deadLetters: async (): Promise<readonly DeadLetter[]> => deadLetters.list(),
    /** Sends a command as order_service does; resolves when it is handled. */
    command: (
      type: Command,
      orderNumber: string,
      paymentId: string,
      refund?: { refundId: string; amount: number },
    ) =>
      inner.publish(
        encodeEvent(
          createEvent({
            source: 'order_service',
            type,
            key: orderNumber,
            data: { orderNumber, paymentId, reason: 'test', ...refund },
          }),
        ),
      ),
  };
}

export type Command = 'CANCEL_PAYMENT' | 'REFUND_PAYMENT' | 'CHECK_PAYMENT';

async function post(
  url: string,
  token: string | undefined,
  body: unknown,
  headers: Record<string, string>,
): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** The payment of a new order, asked for as its customer; what `create-payment` answered. */
export async function createdPayment(harness: Harness, order = harness.orders.place()) {
  const reply = await harness.post('/create-payment', tokenOf(order.customerId), {
    orderNumber: order.orderNumber,
  });
  const { paymentId, secret } = reply.body['data'] as { paymentId: string; secret: string };
  // As order_service does once it has the event.
  harness.orders.place({ ...order, paymentId });
  return { order: { ...order, paymentId }, orderNumber: order.orderNumber, paymentId, secret };
}

export async function pay(harness: Harness, paymentId: string, card = 'pm_card_visa'): Promise<void> {
  await harness.sdk.paymentIntents.confirm(paymentId, { payment_method: card });
}

export async function paid(harness: Harness, paymentId: string, orderNumber: string): Promise<void> {
  await pay(harness, paymentId);
  await waitFor(() => harness.newsOf(orderNumber).includes(`${paymentId}:succeeded`), {
    what: 'the webhook of the payment',
  });
}

/** A service, and the idempotency keys of the refunds that it asks Stripe for. */
export async function startWatchingRefunds() {
  const keys: (string | undefined)[] = [];
  const watched = await startHarness({
    stripe: (apiUrl) => {
      const stripe = createStripeClient({ stripeSecretKey: secretKey, stripeApiUrl: apiUrl });
      stripe.on('request', ({ method, path, idempotency_key }) => {
        if (method === 'POST' && path === '/v1/refunds') keys.push(idempotency_key);
      });
      return stripe;
    },
  });
  return { watched, keys };
}
