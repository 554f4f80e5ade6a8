import type { LockedOrder, NewHistoryEntry, OrderChange, OrderRecord } from '../db/order.repository.ts';
import type { Transaction } from '../db/transaction.ts';
import {
  type Decision,
  decide,
  type Fact,
  type HistoryDetails,
  isPaymentOpen,
} from '../domain/order-status.ts';
import { sendCommands } from './broker.service.ts';
import type { OrderDeps } from './deps.ts';
import { commandsOfPaidOrder } from './refund-facts.ts';

type FactDetails = Partial<Pick<NewHistoryEntry, 'details' | 'eventId'>> & {
  /** When the sweep is to look at the order next, if that is not as usual. */
  readonly dueAt?: Date;
};

/**
 * Lets a fact happen to an order that is locked: its status, its history and what others are asked to do change
 * together, as `domain/order-status.ts` says.
 */
export async function applyFact(
  order: LockedOrder,
  fact: Fact,
  tx: Transaction,
  deps: OrderDeps,
  { details = null, eventId = null, ...times }: FactDetails = {},
): Promise<Decision> {
  const decision = decide(order, fact);
  const { status = order.status, reason, noted, commands = [] } = decision;
  const why = reason === undefined ? details : { ...details, reason };
  const entry = noted || status !== order.status ? { cause: fact.type, details: why, eventId } : undefined;
  await deps.orders.update(tx, order, { ...changeOf(order, decision, deps), ...times }, entry);
  const ends = order.status === 'completed' && status === 'cancelled';
  const due = ends ? await commandsOfPaidOrder(order, commands, tx) : commands;
  await sendCommands(order.orderNumber, due, tx);
  tx.afterCommit(() => report(order, decision, details, deps));
  return decision;
}

function report(
  { id, orderNumber, status: from }: OrderRecord,
  { status: to = from, reason, noted, alert }: Decision,
  details: HistoryDetails | null,
  { logger, metrics, streams }: OrderDeps,
): void {
  if (alert !== undefined) logger.error({ orderNumber, details }, alert);
  if (to !== from) {
    logger.info({ orderNumber, from, to, reason }, 'order changed');
    metrics.statusChanged(from, to, reason);
  }
  if (noted || to !== from) streams.nudge(id);
}

function changeOf(order: LockedOrder, decision: Decision, deps: OrderDeps): OrderChange {
  const { status, reason, paymentId, closedPayment, paymentExpired } = decision;
  const closed = order.closedPayments;
  const closedPayments =
    closedPayment && !closed.includes(closedPayment) ? [...closed, closedPayment] : closed;
  const change = { status, reason, paymentId, paymentExpired, closedPayments };
  return { ...change, ...timesAfter(order, decision, closedPayments, deps) };
}

/** So much later than the database says that it is. */
export const later = ({ now }: LockedOrder, ms: number) => new Date(now.getTime() + ms);

/** Until when the order may wait, and when the sweep has to look at it next. */
function timesAfter(
  order: LockedOrder,
  decision: Decision,
  closedPayments: readonly string[],
  { config }: OrderDeps,
): OrderChange {
  const soon = later(order, config.paymentCheckMs);
  const { status = order.status, paymentId = order.paymentId, paymentExpired } = decision;
  // A refund may be awaited later on.
  if (status === 'completed') return order.status === 'completed' ? {} : { dueAt: null };
  // What is under way at Stripe cannot be cancelled, and may succeed in days.
  if (status === 'cancelled') return { dueAt: isPaymentOpen({ paymentId, closedPayments }) ? soon : null };
  if (status === 'processing' && order.status === 'pending') {
    const expiresAt = later(order, config.paymentWindowMs);
    return { expiresAt, dueAt: order.paymentId !== null && soon < expiresAt ? soon : expiresAt };
  }
  if (paymentExpired) return { dueAt: soon };
  if (decision.paymentId && status === 'processing' && soon < order.expiresAt) return { dueAt: soon };
  return {};
}
