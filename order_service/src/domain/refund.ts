import type { RefundStatus } from '@shop/contracts';
import { rulesOf } from '@shop/money';
import { problem } from '../problems.ts';
import type { Pieces } from './fulfilment.ts';
import type { OrderItem } from './pricing.ts';

/** Pieces of a product that came back with a refund. */
export interface RefundLine extends Pieces {
  /** They can be sold again. */
  readonly restock: boolean;
  /** So many of them had not been shipped when the refund was asked for. */
  readonly unshipped: number;
  /** So many of them went back on the shelf. */
  readonly returned: number;
}

/** What the rules need to know of a refund. */
export interface RefundState {
  readonly paymentId: string;
  readonly amount: number;
  readonly status: RefundStatus;
  readonly lines: readonly RefundLine[];
}

export interface RefundableOrder {
  readonly amount: number;
  readonly currency: string;
  readonly paymentId: string | null;
  readonly items: readonly OrderItem[];
  readonly shipped: readonly Pieces[];
  readonly refunds: readonly RefundState[];
}

export interface RefundRequest {
  readonly amount?: number;
  readonly lines?: readonly (Pieces & { readonly restock?: boolean })[];
}

/** What is to be given back, and for which pieces. */
export type RefundPlan = Pick<RefundState, 'amount' | 'lines'>;

/**
 * What a refund is (first) once Stripe has said what it is (second). News comes late and in any order; a refund that has
 * failed stays so, as another one is made in its place.
 */
export const refundRules: Readonly<Record<RefundStatus, Readonly<Record<RefundStatus, RefundStatus>>>> = {
  pending: { pending: 'pending', succeeded: 'succeeded', failed: 'failed' },
  succeeded: { pending: 'succeeded', succeeded: 'succeeded', failed: 'failed' },
  failed: { pending: 'failed', succeeded: 'failed', failed: 'failed' },
};

/**
 * What a refund is after news of it. One that Stripe has refused was never made: if it is all the same, as what asked for it
 * was sent again, that counts.
 */
export function refundAfter(
  before: { readonly status: RefundStatus; readonly stripeId: string | null } | undefined,
  news: { readonly status: RefundStatus; readonly id?: string | undefined },
): RefundStatus {
  const isRefused = before?.status === 'failed' && before.stripeId === null;
  const status = before === undefined || (isRefused && news.id !== undefined) ? 'pending' : before.status;
  return refundRules[status][news.status];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Of what was paid for the order, what no refund gives back or has given back. */
export function remainingOf({
  amount,
  paymentId,
  refunds,
}: Pick<RefundableOrder, 'amount' | 'paymentId' | 'refunds'>): number {
  if (paymentId === null) return 0;
  return (
    amount -
    sum(
      refundsOf(paymentId, refunds)
        .filter(isStanding)
        .map((refund) => refund.amount),
    )
  );
}

const refundsOf = (paymentId: string | null, refunds: readonly RefundState[]) =>
  refunds.filter((refund) => refund.paymentId === paymentId);

const isStanding = ({ status }: RefundState) => status !== 'failed';

/** What the customer has been given back of what paid the order. */
export const refundedAmountOf = ({ paymentId, refunds }: Pick<RefundableOrder, 'paymentId' | 'refunds'>) =>
  sum(
    refundsOf(paymentId, refunds)
      .filter(({ status }) => status === 'succeeded')
      .map(({ amount }) => amount),
  );

/**
 * What a request gives back: its amount, or the prices of its lines as they were ordered, or all that remains.
 * @throws Problem `validation-failed`, `nothing-to-refund` or `refund-too-large`
 */
export function planRefund(order: RefundableOrder, { amount: asked, lines = [] }: RefundRequest): RefundPlan {
  const remaining = remainingOf(order);
  if (remaining <= 0) throw problem('nothing-to-refund');
  const planned = planLines(order, lines);
  const prices = new Map(order.items.map(({ productId, price }) => [productId, price]));
  const worth = sum(planned.map(({ productId, qty }) => qty * (prices.get(productId) ?? 0)));
  const amount = asked ?? (lines.length > 0 ? worth : remaining);
  if (amount === 0) throw problem('nothing-to-refund', { detail: 'These pieces were free.' });
  if (amount > remaining)
    throw problem('refund-too-large', {
      detail: `No more than ${remaining} of this order can be refunded, not ${amount}.`,
      remaining,
    });
  const { step = 1 } = rulesOf(order.currency) ?? {};
  if (amount % step !== 0)
    throw invalid('amount', `must be a multiple of ${step} in ${order.currency}, not ${amount}`);
  return { amount, lines: planned };
}

function planLines(order: RefundableOrder, asked: RefundRequest['lines'] = []): RefundLine[] {
  const left = piecesLeft(order, countedPieces);
  const unshipped = piecesLeft({ ...order, items: unshippedItems(order) }, countedUnshipped);
  return mergeLines(asked).map(({ productId, qty, restock }) => {
    const available = left.get(productId) ?? 0;
    if (qty > available)
      throw problem('refund-too-large', {
        detail: `No more than ${available} pieces of product ${productId} can come back, not ${qty}.`,
        productId,
        available,
      });
    left.set(productId, available - qty);
    const onShelf = Math.min(qty, unshipped.get(productId) ?? 0);
    unshipped.set(productId, (unshipped.get(productId) ?? 0) - onShelf);
    return { productId, qty, restock, unshipped: onShelf, returned: 0 };
  });
}

function mergeLines(lines: NonNullable<RefundRequest['lines']>) {
  const merged = new Map<string, { productId: number; qty: number; restock: boolean }>();
  for (const { productId, qty, restock = false } of lines) {
    const key = `${productId} ${restock}`;
    merged.set(key, { productId, restock, qty: qty + (merged.get(key)?.qty ?? 0) });
  }
  return [...merged.values()];
}

/** The pieces of an order that were never shipped, and of which no refund has decided: they go back when it is cancelled. */
export const piecesToRelease = (order: RefundableOrder): Pieces[] =>
  [...piecesLeft({ ...order, items: unshippedItems(order) }, countedUnshipped)]
    .filter(([, qty]) => qty > 0)
    .map(([productId, qty]) => ({ productId, qty }));

// A refund that has failed does not count, but for what it has put on the shelf.
const countedPieces = (line: RefundLine, counts: boolean) => (counts ? line.qty : line.returned);
const countedUnshipped = ({ unshipped, returned }: RefundLine, counts: boolean) =>
  counts ? unshipped : Math.min(unshipped, returned);

function piecesLeft(
  { items, refunds }: { readonly items: readonly Pieces[]; readonly refunds: readonly RefundState[] },
  counted: (line: RefundLine, counts: boolean) => number,
): Map<number, number> {
  const left = new Map<number, number>();
  const add = (productId: number, qty: number) => left.set(productId, (left.get(productId) ?? 0) + qty);
  for (const { productId, qty } of items) add(productId, qty);
  for (const refund of refunds)
    for (const line of refund.lines) add(line.productId, -counted(line, isStanding(refund)));
  return left;
}

const unshippedItems = ({ items, shipped }: RefundableOrder): Pieces[] => [
  ...items,
  ...shipped.map(({ productId, qty }) => ({ productId, qty: -qty })),
];

const invalid = (field: string, message: string) =>
  problem('validation-failed', { errors: [{ field, message }] });
