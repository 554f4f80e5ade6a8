import type { EventData, RefundStatus, ShopEvent } from '@shop/contracts';
import type { LockedOrder } from '../db/order.repository.ts';
import { type RefundRecord, refundRepository } from '../db/refund.repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { sumLines } from '../domain/fulfilment.ts';
import { type RefundLine, refundAfter, remainingOf } from '../domain/refund.ts';
import { sendCommands } from './broker.service.ts';
import type { OrderDeps } from './deps.ts';
import { applyFact, later } from './order-status.service.ts';
import { addRefund, refundCommand } from './refund-facts.ts';
import { followRefunds } from './shipment.service.ts';

type PaymentNews = EventData<'CREATE_PAYMENT'>;
type ReportedRefund = NonNullable<PaymentNews['refunds']>[number];

/**
 * Records what Stripe says of the refunds of a payment, each once: those that the shop asked for, and those that were made
 * in the dashboard.
 * @returns whether what the payment is now is still to be applied. It is not while a refund that makes it `refunded` is
 * pending, nor when the refunds of a cancelled order see to its money already.
 */
export async function recordRefunds(
  order: LockedOrder,
  event: ShopEvent<'CREATE_PAYMENT'>,
  tx: Transaction,
  deps: OrderDeps,
): Promise<boolean> {
  const { data } = event;
  const isEnded = order.status === 'completed' || order.status === 'cancelled';
  // On the way of an ordinary order there is nothing to read.
  if (data.refunds === undefined && !isEnded) return true;
  const known = await refundRepository.ofOrder(tx, order.id);
  const refunds = new Map(known.map((refund) => [refund.id, refund]));
  for (const reported of data.refunds ?? impliedBy(data, known)) {
    const refund = await record(order, { reported, known, event }, tx, deps);
    if (refund !== undefined) refunds.set(refund.id, refund);
  }
  await refundWhatIsLeft(order, data, [...refunds.values()], tx, deps);
  const ofPayment = [...refunds.values()].filter(({ paymentId }) => paymentId === data.paymentId);
  const isPending = ofPayment.some(({ status }) => status === 'pending');
  // So that it is followed up when its webhook is lost.
  if (isPending && order.status === 'completed' && order.dueAt === null)
    await deps.orders.update(tx, order, { dueAt: later(order, deps.config.paymentCheckMs) });
  if (!isEnded || data.paymentId !== order.paymentId) return true;
  if (data.status === 'refunded') return !isPending;
  if (data.status !== 'succeeded' || order.status !== 'cancelled') return true;
  const hasFailed = ofPayment.some(({ status }) => status === 'failed');
  const standing = ofPayment.filter(({ status }) => status !== 'failed');
  return !hasFailed && standing.reduce((sum, { amount }) => sum + amount, 0) < data.amount;
}

/**
 * Stripe has refused the refund of a cancelled order, for a part was given back in the dashboard at the same moment: the
 * rest is asked for, which is less each time.
 */
async function refundWhatIsLeft(
  order: LockedOrder,
  { paymentId, refunds: reported = [] }: PaymentNews,
  refunds: readonly RefundRecord[],
  tx: Transaction,
  { metrics }: OrderDeps,
): Promise<void> {
  if (order.status !== 'cancelled' || paymentId !== order.paymentId) return;
  const amount = remainingOf({ amount: order.amount, paymentId, refunds });
  const isRefused = reported.some(({ id, ...refused }) => id === undefined && refused.amount > amount);
  if (amount <= 0 || !isRefused) return;
  const reason = 'what is left of a refund that Stripe refused';
  const rest = await addRefund(order, { paymentId, amount, reason, lines: [] }, tx);
  await sendCommands(order.orderNumber, [refundCommand(rest)], tx);
  tx.afterCommit(() => metrics.refundChanged('pending'));
}

/** The release before says only that the whole payment was refunded. */
const impliedBy = ({ status, paymentId }: PaymentNews, known: readonly RefundRecord[]): ReportedRefund[] =>
  known
    .filter(
      (refund) => status === 'refunded' && refund.status === 'pending' && refund.paymentId === paymentId,
    )
    .map(({ id, amount }) => ({ refundId: id, amount, status: 'succeeded' }));

interface News {
  readonly reported: ReportedRefund;
  readonly known: readonly RefundRecord[];
  readonly event: ShopEvent<'CREATE_PAYMENT'>;
}

/** @returns the refund as it is now; undefined for one that is not of this order */
async function record(
  order: LockedOrder,
  { reported, known, event }: News,
  tx: Transaction,
  deps: OrderDeps,
): Promise<RefundRecord | undefined> {
  const { paymentId } = event.data;
  const { id: stripeId = null, refundId, amount, failure = null } = reported;
  const before =
    known.find((refund) => stripeId !== null && refund.stripeId === stripeId) ??
    known.find((refund) => refund.id === refundId && refund.paymentId === paymentId);
  if (before === undefined && (stripeId === null || amount === 0)) return undefined;
  const status = refundAfter(before, reported);
  const isSame = before?.status === status && (stripeId === null || before.stripeId !== null);
  if (before !== undefined && !isSame)
    await refundRepository.update(tx, before, status, { stripeId, failure });
  const refund =
    before === undefined
      ? await refundRepository.insert(tx, {
          id: String(stripeId),
          orderId: order.id,
          paymentId,
          stripeId,
          amount,
          status,
          failure,
          lines: [],
        })
      : { ...before, status };
  if (before?.status === status) return refund;
  tx.afterCommit(() => deps.metrics.refundChanged(status));
  if (status === 'pending') return refund;
  const details = { refundId: refund.id, paymentId, amount: refund.amount, currency: event.data.currency };
  await applyFact(order, { type: `refund-${status}` }, tx, deps, { details, eventId: event.id });
  await followRefunds(order, tx, deps);
  await returnStock(order, refund, status, tx);
  return refund;
}

/** What came back can be sold again; of a cancelled order also what a refund was to decide of, and did not. */
async function returnStock(
  order: LockedOrder,
  refund: RefundRecord,
  status: Exclude<RefundStatus, 'pending'>,
  tx: Transaction,
): Promise<void> {
  const goesBack = ({ qty, restock, unshipped }: RefundLine) => {
    if (status === 'succeeded') return restock ? qty : 0;
    return order.status === 'cancelled' ? unshipped : 0;
  };
  // Of one that has failed after it had succeeded, the pieces are back.
  const isNew = refund.lines.every(({ returned }) => returned === 0);
  const lines = refund.lines.map((line) => ({ ...line, qty: goesBack(line) })).filter(({ qty }) => qty > 0);
  if (!isNew || lines.length === 0) return;
  await refundRepository.setReturned(tx, refund, lines);
  const { orderNumber } = order;
  const data = { orderNumber, refundId: refund.id, lines: sumLines(lines) };
  await tx.addEvents([{ type: 'RETURN_STOCK', id: `${refund.id}:returned`, key: orderNumber, data }]);
}
