import type { CancelReason, OrderStatus, Shortage } from '@shop/contracts';
import type { Fulfilment, Pieces } from './fulfilment.ts';

/** What the rules need to know of an order. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly paymentId: string | null;
  /** The time to pay is over and Stripe was asked to cancel; its verdict is awaited. */
  readonly paymentExpired: boolean;
  /** Payments that were cancelled or refunded: none of them pays any more, whatever late news says. */
  readonly closedPayments: readonly string[];
  readonly fulfilment: Fulfilment;
}

/** Everything that can happen to an order. */
export const factTypes = [
  'stock-reserved',
  /** The stock of an order that costs nothing is reserved. */
  'nothing-to-pay',
  'stock-rejected',
  'payment-created',
  'payment-succeeded',
  'payment-mismatched',
  'payment-failed',
  'payment-cancelled',
  'payment-refunded',
  'cancel-asked',
  'window-over',
  /** Money was given back, or is to be; of a part of it, or of all that is left. */
  'refund-asked',
  'refund-succeeded',
  'refund-failed',
] as const;
export type FactType = (typeof factTypes)[number];

export interface Fact {
  readonly type: FactType;
  /** Of a payment's fact. */
  readonly paymentId?: string;
  /** Of `cancel-asked`. */
  readonly by?: 'customer' | 'admin';
}

/** Why there is an entry in an order's history. */
export type HistoryCause = 'created' | FactType | 'shipped' | 'delivered' | 'disputed';

/** More about an entry; which members there are depends on its cause. */
export interface HistoryDetails {
  readonly reason?: CancelReason;
  readonly shortages?: readonly Shortage[];
  readonly paymentId?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly shipment?: { readonly id: number; readonly carrier: string; readonly tracking: string };
  readonly dispute?: {
    readonly id: string;
    readonly status: string;
    readonly reason: string;
    readonly dueBy: string | null;
  };
  readonly refundId?: string;
}

type PaymentCommandType = 'CANCEL_PAYMENT' | 'REFUND_PAYMENT' | 'CHECK_PAYMENT';

/** What another service is asked to do. */
export type Command =
  | { readonly type: 'CANCEL_ORDER'; readonly reason: CancelReason; readonly lines?: Pieces[] }
  | {
      readonly type: PaymentCommandType;
      readonly paymentId: string;
      readonly reason: string;
      /** Of `REFUND_PAYMENT`: without it all that is left of the payment. */
      readonly refund?: { readonly refundId: string; readonly amount: number };
    };

/** What follows from a fact. Absent members change nothing. */
export interface Decision {
  readonly status?: OrderStatus;
  readonly reason?: CancelReason;
  /** Null: the order has no payment any more. */
  readonly paymentId?: string | null;
  /** This payment pays no more. */
  readonly closedPayment?: string;
  readonly paymentExpired?: true;
  readonly commands?: readonly Command[];
  /** Worth an entry in the order's history although its status stays. */
  readonly noted?: true;
  /** Logged as an error, for an operator: this ought not to happen. */
  readonly alert?: string;
  /** The caller who asked for it is told no. */
  readonly refused?: true;
}

type Rule = (order: OrderState, fact: Fact) => Decision;

const nothing: Rule = () => ({});
const noted: Rule = () => ({ noted: true });
const refused: Rule = () => ({ refused: true });

/** The order's own payment may still take money, or has, and has not given it back. */
export const isPaymentOpen = ({
  paymentId,
  closedPayments,
}: Pick<OrderState, 'paymentId' | 'closedPayments'>) =>
  paymentId !== null && !closedPayments.includes(paymentId);

const isClosed = ({ closedPayments }: OrderState, { paymentId }: Fact) =>
  paymentId !== undefined && closedPayments.includes(paymentId);

/** Not one that was refunded: to wait for the verdict on it would have no end. */
const keepPayment: Rule = (order, fact) =>
  fact.paymentId === undefined || isClosed(order, fact) ? {} : { paymentId: fact.paymentId, noted: true };

const refundCommand = (paymentId: string | null | undefined, reason: string): Command[] =>
  paymentId ? [{ type: 'REFUND_PAYMENT', paymentId, reason }] : [];

const refund =
  (reason: string): Rule =>
  (_order, { paymentId }) => ({ noted: true, commands: refundCommand(paymentId, reason) });

/** A success that comes after the refund of the same payment is old news: its money is not there any more. */
const complete: Rule = (order, fact) =>
  isClosed(order, fact)
    ? refund('the payment was closed before')(order, fact)
    : { status: 'completed', ...(fact.paymentId && { paymentId: fact.paymentId }) };

const closePayment: Rule = (order, { paymentId }) =>
  paymentId === undefined
    ? {}
    : { closedPayment: paymentId, ...(paymentId === order.paymentId && { paymentId: null }) };

const noteClosedPayment: Rule = (order, fact) => ({ noted: true, ...closePayment(order, fact) });

const refundAnother: Rule = (order, fact) =>
  fact.paymentId === order.paymentId ? {} : refund('another payment completed the order')(order, fact);

const refundMismatch: Rule = (order, fact) => ({
  ...refund('the amount is not that of the order')(order, fact),
  alert: 'a payment succeeded with an amount that is not the order’s',
});

function cancel(reason: CancelReason, paymentId?: string | null): Decision {
  const refunds = refundCommand(paymentId, `the order was cancelled: ${reason}`);
  return { status: 'cancelled', reason, commands: [{ type: 'CANCEL_ORDER', reason }, ...refunds] };
}

/** Its goods are not on the shelf any more: to put them back there would sell them again. */
const isShipped = ({ fulfilment }: OrderState) => fulfilment !== 'none';

const cancelAsAsked: Rule = (order, { by }) =>
  cancel(by === 'admin' ? 'by-admin' : 'by-customer', order.paymentId);

/** Only the order's own payment decides: another one is history. */
const ownPaymentCancelled: Rule = (order, fact) =>
  fact.paymentId === order.paymentId
    ? {
        ...cancel(order.paymentExpired ? 'payment-expired' : 'payment-cancelled'),
        closedPayment: fact.paymentId,
      }
    : noteClosedPayment(order, fact);

/** One that was shipped is a return from here on: it ends when all of its money is given back. */
const cancelUnlessShipped: Rule = (order, fact) =>
  isShipped(order) ? { refused: true } : cancelAsAsked(order, fact);

const ownPaymentRefunded: Rule = (order, { paymentId }) => {
  if (paymentId !== order.paymentId) return { noted: true };
  return { ...cancel(isShipped(order) ? 'refunded' : 'payment-cancelled'), closedPayment: paymentId };
};

/** Of a cancelled order. One that was not known before is the order's own from now on, so that it is followed up. */
const giveUpPayment: Rule = (order, fact) => ({
  ...refund('the order is cancelled')(order, fact),
  ...(order.paymentId === null && fact.paymentId !== undefined && { paymentId: fact.paymentId }),
});

/** Of a cancelled order, which keeps its payment to be seen. */
const settlePayment: Rule = (_order, { paymentId }) =>
  paymentId === undefined ? {} : { closedPayment: paymentId };

const refundFailed: Rule = () => ({ noted: true, alert: 'a refund did not reach the customer' });

/** What news of a refund means is the same whatever the order's status. */
const refundNews = { 'refund-succeeded': noted, 'refund-failed': refundFailed } as const;

/** A customer whose webhook is late is not cancelled: Stripe says whether the payment can still be cancelled. */
const paymentWindowOver: Rule = ({ paymentId, paymentExpired }) =>
  paymentId === null
    ? cancel('payment-expired')
    : {
        paymentExpired: true,
        ...(!paymentExpired && { noted: true }),
        commands: [{ type: 'CANCEL_PAYMENT', paymentId, reason: 'payment-expired' }],
      };

/**
 * The life of an order: every status times every fact. None throws, for late and doubled facts are ordinary.
 * The type makes the compiler refuse a missing cell.
 */
export const orderRules: Readonly<Record<OrderStatus, Readonly<Record<FactType, Rule>>>> = {
  pending: {
    'stock-reserved': () => ({ status: 'processing' }),
    'nothing-to-pay': () => ({ status: 'completed' }),
    'stock-rejected': () => ({ status: 'cancelled', reason: 'out-of-stock' }),
    'payment-created': keepPayment,
    // Cannot be reached while checkout refuses pending orders; the rule is there all the same.
    'payment-succeeded': complete,
    'payment-mismatched': refundMismatch,
    'payment-failed': nothing,
    'payment-cancelled': closePayment,
    'payment-refunded': noteClosedPayment,
    'cancel-asked': cancelAsAsked,
    'window-over': (order) => cancel('stock-timeout', order.paymentId),
    'refund-asked': refused,
    ...refundNews,
  },
  processing: {
    'stock-reserved': nothing,
    'nothing-to-pay': nothing,
    'stock-rejected': nothing,
    'payment-created': keepPayment,
    'payment-succeeded': complete,
    'payment-mismatched': refundMismatch,
    'payment-failed': noted,
    'payment-cancelled': ownPaymentCancelled,
    'payment-refunded': noteClosedPayment,
    'cancel-asked': cancelAsAsked,
    'window-over': paymentWindowOver,
    'refund-asked': refused,
    ...refundNews,
  },
  completed: {
    'stock-reserved': nothing,
    'nothing-to-pay': nothing,
    'stock-rejected': nothing,
    'payment-created': refundAnother,
    'payment-succeeded': refundAnother,
    'payment-mismatched': refundAnother,
    'payment-failed': nothing,
    'payment-cancelled': nothing,
    'payment-refunded': ownPaymentRefunded,
    'cancel-asked': cancelUnlessShipped,
    'window-over': nothing,
    'refund-asked': noted,
    ...refundNews,
  },
  cancelled: {
    'stock-reserved': nothing,
    'nothing-to-pay': nothing,
    'stock-rejected': nothing,
    'payment-created': giveUpPayment,
    'payment-succeeded': giveUpPayment,
    'payment-mismatched': giveUpPayment,
    // The customer could try again.
    'payment-failed': giveUpPayment,
    'payment-cancelled': settlePayment,
    'payment-refunded': (order, fact) => ({ noted: true, ...settlePayment(order, fact) }),
    'cancel-asked': refused,
    'window-over': nothing,
    // Of what was to go back with the cancellation, and did not.
    'refund-asked': noted,
    ...refundNews,
  },
};

/** What follows when `fact` happens to an order in this state. */
export function decide(order: OrderState, fact: Fact): Decision {
  return orderRules[order.status][fact.type](order, fact);
}
