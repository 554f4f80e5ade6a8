import type { ClientRequest } from 'node:http';
import type { FaultSettings } from './faults.ts';
import type { Delivery, State, Write } from './state.ts';
import { postWebhook, type WebhookEndpoint } from './webhook-post.ts';

/** Waiting times in milliseconds: doubled from `first` up to `cap`, until the event is `giveUp` old. */
export interface RetryDelays {
  readonly first: number;
  readonly cap: number;
  readonly giveUp: number;
}

export const STRIPE_RETRIES: RetryDelays = { first: 500, cap: 30_000, giveUp: 3 * 24 * 3600 * 1000 };

const AT_ONCE = 32;

export interface Webhooks {
  /** Sends what is committed and durable. Each delivery is retried until it is accepted, on its own. */
  send(ids: readonly string[]): void;
  /** Takes up everything that is still owed. */
  start(): void;
  /** Takes up what is owed to one endpoint. */
  resume(endpoint: number): void;
  /** Sends what is held; resolves when each was tried once. */
  release(): Promise<void>;
  /** Cuts what is on its way; what is owed stays in the state. */
  stop(): void;
}

export interface WebhookDeps {
  readonly state: State;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly faults: FaultSettings;
  readonly delays: RetryDelays;
  readonly log: (message: string) => void;
}

/** The writes that make every endpoint owed an event that the given writes add. */
export function owe(writes: readonly Write[], endpoints: number): { ids: string[]; writes: Write[] } {
  const rows = writes.flatMap(([table, id]) =>
    table === 'events' ? Array.from({ length: endpoints }, (_, endpoint) => ({ event: id, endpoint })) : [],
  );
  const keyed = rows.map((row): [string, Delivery] => [`${row.event}:${row.endpoint}`, row]);
  return { ids: keyed.map(([id]) => id), writes: keyed.map(([id, row]): Write => ['deliveries', id, row]) };
}

interface Outgoing {
  readonly id: string;
  readonly attempt: number;
}

export function createWebhooks({ state, endpoints, faults, delays, log }: WebhookDeps): Webhooks {
  const open = new Set<ClientRequest>();
  const timers = new Set<NodeJS.Timeout>();
  let queue: Outgoing[] = [];
  let held: Outgoing[] = [];
  let sending = 0;
  let running = false;

  const settle = (id: string) => state.commit([['deliveries', id, null]]);

  /** One attempt at one delivery; done with, or to be tried again later. */
  async function attempt({ id, attempt: count }: Outgoing): Promise<void> {
    const delivery = state.tables.deliveries.get(id);
    const event = delivery && state.tables.events.get(delivery.event);
    const endpoint = delivery && endpoints[delivery.endpoint];
    if (!event || !endpoint || !running) return;
    const copies = faults.webhooks === 'double' ? 2 : 1;
    const outcomes = await Promise.all(
      Array.from({ length: copies }, () => postWebhook(endpoint, event, open)),
    );
    if (!running) return;
    if (outcomes.some((outcome) => typeof outcome === 'number' && outcome >= 200 && outcome < 300)) {
      settle(id);
    } else if (Date.now() - event.created * 1000 > delays.giveUp) {
      log(`webhook ${event.type} ${event.id} given up: ${endpoint.url} answers ${outcomes[0]}`);
      settle(id);
    } else {
      later({ id, attempt: count + 1 });
    }
  }

  function later(outgoing: Outgoing): void {
    const wait = Math.min(delays.cap, delays.first * 2 ** (outgoing.attempt - 1));
    const timer = setTimeout(() => {
      timers.delete(timer);
      enqueue(outgoing);
    }, wait);
    timers.add(timer);
  }

  function enqueue(outgoing: Outgoing): void {
    if (!running) return;
    if (faults.webhooks === 'lose') settle(outgoing.id);
    else if (faults.webhooks === 'hold' || faults.webhooks === 'reverse') held.push(outgoing);
    else {
      queue.push(outgoing);
      pump();
    }
  }

  function pump(): void {
    while (sending < AT_ONCE) {
      const outgoing = queue.shift();
      if (!outgoing) return;
      sending += 1;
      void attempt(outgoing).finally(() => {
        sending -= 1;
        pump();
      });
    }
  }

  return {
    send(ids) {
      for (const id of ids) enqueue({ id, attempt: 0 });
    },
    start() {
      running = true;
      for (const id of state.tables.deliveries.keys()) enqueue({ id, attempt: 0 });
    },
    resume(endpoint) {
      for (const [id, delivery] of state.tables.deliveries) {
        if (delivery.endpoint === endpoint) enqueue({ id, attempt: 0 });
      }
    },
    async release() {
      const ordered = faults.webhooks === 'reverse' ? held.reverse() : held;
      held = [];
      faults.webhooks = 'deliver';
      for (const outgoing of ordered) await attempt(outgoing);
    },
    stop() {
      running = false;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      queue = [];
      held = [];
      for (const request of open) request.destroy();
    },
  };
}
