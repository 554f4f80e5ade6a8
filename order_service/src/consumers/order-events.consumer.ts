import type { ShopEvent } from '@shop/contracts';
import { type EventBus, type EventMetrics, PermanentError, subscribe } from '@shop/messaging';
import type { OrderRecord } from '../db/order.repository.ts';
import { withTransaction } from '../db/transaction.ts';
import type { Fact, HistoryDetails } from '../domain/order-status.ts';
import { paymentFact } from '../domain/payment-fact.ts';
import type { OrderDeps } from '../services/deps.ts';
import { recordDispute } from '../services/dispute.service.ts';
import { applyFact } from '../services/order-status.service.ts';
import { requireTrue } from '../services/payment-truth.service.ts';
import { recordRefunds } from '../services/refund-news.service.ts';

const group = 'order_service';

/** Handles what catalog_service and payment_service publish about an order, once per event. */
export function consumeOrderEvents(bus: EventBus, metrics: EventMetrics, deps: OrderDeps) {
  return subscribe({
    bus,
    group,
    topic: 'OrderEvents',
    handle: (event) => handleOrderEvent(event, deps),
    giveUpAfterMs: deps.config.eventRetryLimitMs,
    logger: deps.logger,
    metrics,
  });
}

async function handleOrderEvent(event: ShopEvent, deps: OrderDeps): Promise<void> {
  const orderNumber = orderOf(event);
  // Before the transaction, so that no connection waits for Stripe.
  if (event.type === 'CREATE_PAYMENT') await requireTrue(event.data, deps.payments);
  await withTransaction(deps.db, async (tx) => {
    const order = await deps.orders.lockForEvent(tx, group, event.id, orderNumber);
    if (order === 'unknown') throw new PermanentError(`There is no order ${orderNumber}.`);
    if (order === 'handled') return;
    if (event.type === 'PAYMENT_DISPUTED') return recordDispute(order, event.data, event.id, tx, deps);
    // This service says it itself, for others.
    if (event.type === 'SHIPMENT_CREATED' || event.type === 'SHIPMENT_DELIVERED') return;
    if (event.type === 'CREATE_PAYMENT' && !(await recordRefunds(order, event, tx, deps))) return;
    const { fact, details = null } = readFact(event, order);
    await applyFact(order, fact, tx, deps, { details, eventId: event.id });
  });
}

/** The key only keeps events in order; one that is not the order's own would have kept them in the wrong one. */
function orderOf({ key, data }: ShopEvent): string {
  if ('orderNumber' in data && data.orderNumber === key) return key;
  throw new PermanentError(`The event is not about the order of its key, ${key}.`);
}

function readFact(event: ShopEvent, order: OrderRecord): { fact: Fact; details?: HistoryDetails } {
  switch (event.type) {
    case 'STOCK_RESERVED':
      return { fact: { type: order.amount === 0 ? 'nothing-to-pay' : 'stock-reserved' } };
    case 'STOCK_REJECTED':
      return { fact: { type: 'stock-rejected' }, details: { shortages: event.data.shortages } };
    case 'CREATE_PAYMENT': {
      const { paymentId, amount, currency } = event.data;
      return { fact: paymentFact(event.data, order), details: { paymentId, amount, currency } };
    }
    default:
      throw new PermanentError(`${event.type} says nothing to order_service.`);
  }
}
