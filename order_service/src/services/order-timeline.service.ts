import type { TimelineEntry } from '@shop/contracts';
import { traceIdOf } from '@shop/messaging';
import type { TimelineClient } from '../clients/timeline-client.ts';
import type { HistoryRecord, OrderRepository } from '../db/order.repository.ts';
import type { TimelineRepository } from '../db/timeline.repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from './deps.ts';

export interface TimelineDeps extends Pick<OrderDeps, 'logger'> {
  readonly orders: OrderRepository;
  readonly timeline: TimelineRepository;
  readonly catalog: TimelineClient;
  readonly payment: TimelineClient;
}

type Other = Schemas['Timeline']['unavailable'][number];

const mostIds = 100;

/**
 * All that happened to an order, in every service, oldest first. A service that does not answer is named.
 * @param token of the administrator who asks
 * @throws Problem `order-not-found`
 */
export async function getTimeline(
  orderNumber: string,
  token: string,
  { orders, timeline, catalog, payment, logger }: TimelineDeps,
): Promise<Schemas['Timeline']> {
  const order = await orders.find(orderNumber);
  if (order === undefined) throw problem('order-not-found');
  const added = await timeline.addedEvents(orderNumber);
  const unavailable: Other[] = [];

  async function ask(client: TimelineClient, name: Other, ids: readonly string[]) {
    try {
      return await client.read(orderNumber, ids.slice(-mostIds), token);
    } catch (error) {
      logger.warn({ err: error, orderNumber }, `the timeline lacks what ${name} knows`);
      unavailable.push(name);
      return [];
    }
  }

  const others = await Promise.all([
    ask(catalog, 'catalog_service', eventIdsOf(added)),
    ask(payment, 'payment_service', paymentIdsOf(order.paymentId, order.history)),
  ]);
  // Some of its own events come back to this service.
  const handled = await timeline.handledEvents(eventIdsOf([...added, ...others.flat()]));
  const items = [...order.history.map(historyEntry), ...added, ...others.flat(), ...handled];
  const { traceparent } = order;
  return {
    orderNumber,
    traceId: traceparent === null ? null : traceIdOf(traceparent),
    // Stable, so that what is of the same moment stays in the order of each service.
    items: items.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    unavailable,
  };
}

const eventIdsOf = (entries: readonly TimelineEntry[]) => [
  ...new Set(entries.flatMap(({ eventId }) => eventId ?? [])),
];

const paymentIdsOf = (own: string | null, history: readonly HistoryRecord[]) => [
  ...new Set([own, ...history.map(({ details }) => details?.paymentId)].filter((id) => id != null)),
];

function historyEntry({ createdAt, status, cause, details }: HistoryRecord): TimelineEntry {
  const more = details === null ? '' : ` ${JSON.stringify(details)}`;
  return {
    at: createdAt.toISOString(),
    service: 'order_service',
    kind: 'history',
    what: `${cause}: the order is ${status}${more}`,
  };
}
