import { createHttpServer, type HttpServer } from '@shop/service-kit';
import { execute } from './api.ts';
import { createApp } from './app.ts';
import { type FaultSettings, noFaults } from './faults.ts';
import { settleRefund } from './refunds.ts';
import { createState } from './state.ts';
import { createWebhooks, type RetryDelays, type WebhookEndpoint } from './webhooks.ts';

export interface FakeStripeOptions {
  /** The journal; without it, everything is in memory only. One process at a time may use a file. */
  readonly dataFile?: string | undefined;
  readonly webhooks: readonly WebhookEndpoint[];
  /** Gets a line when a webhook is not accepted at first, and when a request fails unexpectedly. */
  readonly log?: (message: string) => void;
  /** Default: 500 ms, doubled up to 30 s. */
  readonly retryDelaysMs?: RetryDelays;
  /** After how long a refund that is not settled at once is; 2 s unless told, and not before it is asked for if Infinity. */
  readonly settleRefundsMs?: number;
}

export type FakeStripe = ReturnType<typeof createFakeStripe>;

const drainMs = 300;

/**
 * An offline Stripe for development and tests, served over HTTP. With a `dataFile`, everything that was answered
 * survives `kill -9`. Webhooks are delivered at least once, in no promised order.
 */
export function createFakeStripe(options: FakeStripeOptions) {
  const { dataFile, log = () => {}, retryDelaysMs: delays = { first: 500, cap: 30_000 } } = options;
  const { settleRefundsMs = 2_000 } = options;
  const state = createState(dataFile);
  const settings: FaultSettings = { ...noFaults };
  const endpoints = [...options.webhooks];
  const webhooks = createWebhooks({ state, endpoints, faults: settings, delays, log });
  let server: HttpServer | undefined;
  let settling: NodeJS.Timeout | undefined;

  const deps = { state, webhooks, faults: settings, busyKeys: new Set<string | undefined>() };
  const settleRefunds = () => {
    const now = Math.floor(Date.now() / 1000);
    const request = { path: '', params: {}, idempotencyKey: undefined, state, now, origin: '' };
    for (const { id, outcome } of [...state.refunds.values()])
      if (outcome !== undefined) execute(deps, settleRefund, { ...request, id, events: [] });
  };

  const set = (change: Partial<FaultSettings>) => {
    if (change.webhooks === 'deliver') void webhooks.release();
    Object.assign(settings, change);
  };
  return {
    faults: {
      /** Changes some settings; `webhooks: 'deliver'` also releases what is held. */
      set,
      /** Turns all faults off and releases held webhooks. */
      reset: () => set(noFaults),
      /** Sends held webhooks one after the other and goes back to `deliver`. Resolves when each was tried once. */
      releaseWebhooks: webhooks.release,
    },
    /**
     * Reads the data file and listens; port 0 takes any free one. May be called again after `stop`.
     * @throws Error when the port is taken or the data file is damaged
     */
    async start(port = 0, host = '127.0.0.1') {
      state.open();
      const app = createApp(deps, log);
      server = createHttpServer({ app, port, host, drainMs });
      const bound = await server.start();
      webhooks.start();
      if (settleRefundsMs < Number.POSITIVE_INFINITY)
        settling = setInterval(settleRefunds, settleRefundsMs).unref();
      return { port: bound, url: `http://${host}:${bound}` };
    },
    /** Ends within a second: replies on their way are finished, connections and retries are cut. */
    async stop() {
      clearInterval(settling);
      webhooks.stop();
      await server?.stop();
    },
    /** One more endpoint, for the events from now on. */
    addWebhook: (endpoint: WebhookEndpoint) => void endpoints.push(endpoint),
    /** All of them, oldest first. */
    paymentIntents: () => [...state.payment_intents.values()],
    /** Lets what becomes of refunds later on happen now. */
    settleRefunds,
    /** All of them, oldest first. */
    refunds: () => [...state.refunds.values()],
    /** How many events some endpoint has not accepted yet. */
    undelivered: () => state.unsent_events.size,
  };
}
