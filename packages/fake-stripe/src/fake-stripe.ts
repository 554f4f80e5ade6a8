import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type FaultControl, type FaultSettings, NO_FAULTS } from './faults.ts';
import type { PaymentIntent, Refund } from './objects.ts';
import { createState, type State } from './state.ts';
import type { WebhookEndpoint } from './webhook-post.ts';
import { createWebhooks, type RetryDelays, STRIPE_RETRIES, type Webhooks } from './webhooks.ts';

export interface FakeStripeOptions {
  /** Where the journal is kept; without it, everything is in memory only. */
  readonly dataFile?: string | undefined;
  readonly webhooks: readonly WebhookEndpoint[];
  /** Gets a line when a webhook is given up or a request fails unexpectedly. */
  readonly log?: (message: string) => void;
  /** Milliseconds; default 500 doubled up to 30 000, given up after 3 days. */
  readonly retryDelaysMs?: Partial<RetryDelays>;
}

export interface FakeStripe {
  /**
   * Reads the data file and listens; port 0 takes any free one. May be called again after `stop`.
   * @throws when the port is taken or the data file is damaged
   */
  start(port?: number, host?: string): Promise<{ port: number; url: string }>;
  /** Ends within a second: replies on their way are finished, connections and retries are cut. */
  stop(): Promise<void>;
  readonly faults: FaultControl;
  /** One more endpoint; it gets the events from now on, and what an endpoint at its place was still owed. */
  addWebhook(endpoint: WebhookEndpoint): void;
  /** All of them, oldest first. */
  paymentIntents(): readonly PaymentIntent[];
  /** All of them, oldest first. */
  refunds(): readonly Refund[];
}

const DRAIN_MS = 300;

/**
 * An offline Stripe for development and tests, served over HTTP. With a `dataFile`, everything that
 * was answered survives `kill -9`. Webhooks are delivered at least once, in no promised order.
 */
export function createFakeStripe(options: FakeStripeOptions): FakeStripe {
  const state = createState(options.dataFile);
  const log = options.log ?? (() => {});
  const settings: FaultSettings = { ...NO_FAULTS };
  const endpoints = options.webhooks.map(checkEndpoint);
  const delays = { ...STRIPE_RETRIES, ...options.retryDelaysMs };
  const webhooks = createWebhooks({ state, endpoints, faults: settings, delays, log });
  const faults = createFaultControl(settings, webhooks);
  let stopRunning: (() => Promise<void>) | undefined;

  return {
    faults,
    async start(port = 0, host = '127.0.0.1') {
      if (stopRunning) throw new Error('fake-stripe is already running');
      const stopping = new AbortController();
      const app = createApp({
        ...{ state, faults: settings, webhooks, log },
        endpointCount: () => endpoints.length,
        busyKeys: new Set(),
        stopping: stopping.signal,
      });
      await state.open();
      const server = createServer(app);
      await listen(server, port, host, state);
      webhooks.start();
      stopRunning = async () => {
        webhooks.stop();
        stopping.abort();
        await closeServer(server);
        await state.close();
      };
      const bound = (server.address() as AddressInfo).port;
      return { port: bound, url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}` };
    },
    async stop() {
      const stop = stopRunning;
      stopRunning = undefined;
      await stop?.();
    },
    addWebhook(endpoint) {
      endpoints.push(checkEndpoint(endpoint));
      webhooks.resume(endpoints.length - 1);
    },
    paymentIntents: () => [...state.tables.payment_intents.values()],
    refunds: () => [...state.tables.refunds.values()],
  };
}

function createFaultControl(settings: FaultSettings, webhooks: Webhooks): FaultControl {
  const set = (change: Partial<FaultSettings>) => {
    if (change.webhooks === 'deliver') void webhooks.release();
    Object.assign(settings, change);
  };
  return {
    set,
    reset: () => set(NO_FAULTS),
    releaseWebhooks: () => webhooks.release(),
  };
}

/** Found at once, rather than at the first event. */
function checkEndpoint(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (!URL.canParse(endpoint.url) || !/^https?:/i.test(endpoint.url)) {
    throw new TypeError(`not a webhook address: ${endpoint.url}`);
  }
  if (endpoint.secret === '') throw new TypeError(`no secret for the webhook ${endpoint.url}`);
  return endpoint;
}

async function listen(server: Server, port: number, host: string, state: State): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    await state.close();
    throw error;
  }
}

async function closeServer(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cut);
}
