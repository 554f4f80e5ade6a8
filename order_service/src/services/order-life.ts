import type { OrderStatus, ShopEvent } from '@shop/contracts';
import { firstDelivery, PermanentError } from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import type { OrderRecord } from '../db/order-queries.ts';
import type { OrderChange, OrderRepository } from '../db/order-repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { type Decision, decide, type Fact } from '../domain/order-status.ts';
import { paymentFact } from '../domain/payment-fact.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { HistoryDetails } from '../schemas/order-replies.ts';
import { SendCommand } from './broker.service.ts';
import type { OrderStreams } from './order-streams.ts';

export interface OrderLifeDeps {
  readonly logger: Logger;
  readonly metrics: Pick<OrderMetrics, 'statusChanged'>;
  readonly streams: Pick<OrderStreams, 'nudge'>;
  /** How long a customer has to pay. */
  readonly paymentWindowMs: number;
  /** How long to wait for news of a payment before asking for it. */
  readonly paymentCheckMs: number;
}

/** Takes up what catalog_service and payment_service say of an order, once per event. */
export async function HandleOrderEvent(
  event: ShopEvent,
  repo: OrderRepository,
  deps: OrderLifeDeps,
): Promise<void> {
  const orderNumber = orderOf(event);
  await repo.inTransaction(async (tx) => {
    if (!(await firstDelivery(tx.sql, 'order_service', event.id))) return;
    const order = await repo.lock(tx, orderNumber);
    if (order === undefined) throw new PermanentError(`There is no order ${orderNumber}.`);
    const { fact, details } = readFact(event, order);
    await applyFact(order, fact, repo, tx, deps, details);
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
      return { fact: { type: 'stock-reserved' } };
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

/**
 * Lets a fact happen to an order that is locked: its status, its history and what others are asked to do change
 * together, as `domain/order-status.ts` says.
 */
export async function applyFact(
  order: OrderRecord,
  fact: Fact,
  repo: OrderRepository,
  tx: Transaction,
  deps: OrderLifeDeps,
  details: HistoryDetails | null = null,
): Promise<Decision> {
  const decision = decide(order, fact);
  const { status = order.status, reason, noted, commands = [] } = decision;
  const change = changeOf(order, decision, deps);
  if (Object.keys(change).length > 0) await repo.update(tx, order, change);
  if (noted || status !== order.status) {
    const why = reason === undefined ? details : { ...details, reason };
    await repo.addHistory(tx, order.id, { status, cause: fact.type, details: why });
  }
  for (const command of commands) await SendCommand(order.orderNumber, command, tx);
  tx.afterCommit(() => tell(order, decision, details, deps));
  return decision;
}

/** What this process has to say of it, once it is true. */
function tell(
  { id, orderNumber, status: from }: OrderRecord,
  { status: to = from, reason, noted, alert }: Decision,
  details: HistoryDetails | null,
  { logger, metrics, streams }: OrderLifeDeps,
): void {
  if (alert !== undefined) logger.error({ orderNumber, details }, alert);
  if (to !== from) {
    logger.info({ orderNumber, from, to, reason }, 'order changed');
    metrics.statusChanged({ from, to, reason });
  }
  if (noted || to !== from) streams.nudge(id);
}

function changeOf(order: OrderRecord, decision: Decision, deps: OrderLifeDeps): OrderChange {
  const { status, reason, paymentId, closedPayment, paymentExpired } = decision;
  const { closedPayments } = order;
  const closes = closedPayment !== undefined && !closedPayments.includes(closedPayment);
  return {
    ...(status && { status }),
    ...(reason && { reason }),
    ...(paymentId !== undefined && { paymentId }),
    ...(closes && { closedPayments: [...closedPayments, closedPayment] }),
    ...(paymentExpired && { paymentExpired }),
    ...timesAfter(order, decision, deps),
  };
}

/** When the sweeper has to look at the order next. */
function timesAfter(order: OrderRecord, decision: Decision, deps: OrderLifeDeps): OrderChange {
  const soon = new Date(Date.now() + deps.paymentCheckMs);
  const { status, paymentId, paymentExpired } = decision;
  if (isEnded(status ?? order.status)) return order.dueAt === null ? {} : { dueAt: null };
  if (status === 'processing') {
    const expiresAt = new Date(Date.now() + deps.paymentWindowMs);
    const awaitsPayment = order.paymentId !== null && soon < expiresAt;
    return { expiresAt, dueAt: awaitsPayment ? soon : expiresAt };
  }
  if (paymentExpired) return { dueAt: soon };
  if (paymentId && order.status === 'processing' && soon < order.expiresAt) return { dueAt: soon };
  return {};
}

const isEnded = (status: OrderStatus) => status === 'completed' || status === 'cancelled';
