import type { CancelReason, OrderStatus } from '@shop/contracts';

/** What the rules need to know of an order. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly paymentId: string | null;
  /** The time to pay is over and Stripe was asked to cancel; its verdict is awaited. */
  readonly paymentExpired: boolean;
  /** Payments that were cancelled or given back: none of them pays any more, whatever late news says. */
  readonly closedPayments: readonly string[];
}

/** Everything that can happen to an order. */
export const factTypes = [
  'stock-reserved',
  'stock-rejected',
  'payment-created',
  'payment-succeeded',
  'payment-mismatched',
  'payment-failed',
  'payment-cancelled',
  'payment-refunded',
  'cancel-asked',
  'window-over',
] as const;
export type FactType = (typeof factTypes)[number];

/** Why there is a line in an order's history. */
export const historyCauses = ['created', ...factTypes] as const;
export type HistoryCause = (typeof historyCauses)[number];

export interface Fact {
  readonly type: FactType;
  /** Of a payment's fact. */
  readonly paymentId?: string;
  /** Of `cancel-asked`. */
  readonly by?: 'customer' | 'admin';
}

/** What another service is asked to do. */
export type Command =
  | { readonly type: 'CANCEL_ORDER'; readonly reason: CancelReason }
  | {
      readonly type: 'CANCEL_PAYMENT' | 'REFUND_PAYMENT';
      readonly paymentId: string;
      readonly reason: string;
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
  /** Worth a line in the order's history although its status stays. */
  readonly noted?: true;
  /** Somebody should look: this ought not to happen. */
  readonly alert?: string;
  /** The one who asked is told no. */
  readonly refused?: true;
}

type Rule = (order: OrderState, fact: Fact) => Decision;

const nothing: Rule = () => ({});
const noted: Rule = () => ({ noted: true });
const refused: Rule = () => ({ refused: true });

const isClosed = ({ closedPayments }: OrderState, { paymentId }: Fact) =>
  paymentId !== undefined && closedPayments.includes(paymentId);

/** Not one that was given back: to wait for the verdict on it would have no end. */
const keepPayment: Rule = (order, fact) =>
  fact.paymentId === undefined || isClosed(order, fact) ? {} : { paymentId: fact.paymentId, noted: true };

const giveBack =
  (reason: string): Rule =>
  (_order, { paymentId }) => ({ noted: true, commands: refund(paymentId, reason) });

/** A success that comes after the refund of the same payment is old news: its money is not there any more. */
const complete: Rule = (order, fact) =>
  isClosed(order, fact)
    ? giveBack('the payment was closed before')(order, fact)
    : { status: 'completed', ...(fact.paymentId && { paymentId: fact.paymentId }) };

const closePayment: Rule = (order, { paymentId }) =>
  paymentId === undefined
    ? {}
    : { closedPayment: paymentId, ...(paymentId === order.paymentId && { paymentId: null }) };

const noteClosedPayment: Rule = (order, fact) => ({ noted: true, ...closePayment(order, fact) });

const giveBackAnother: Rule = (order, fact) =>
  fact.paymentId === order.paymentId ? {} : giveBack('another payment completed the order')(order, fact);

const giveBackMismatch: Rule = (order, fact) => ({
  ...giveBack('the amount is not that of the order')(order, fact),
  alert: 'a payment succeeded with an amount that is not the order’s',
});

const cancel = (reason: CancelReason, paymentId?: string | null): Decision => ({
  status: 'cancelled',
  reason,
  commands: [{ type: 'CANCEL_ORDER', reason }, ...refund(paymentId, `the order was cancelled: ${reason}`)],
});

const cancelAsAsked: Rule = (order, { by }) =>
  cancel(by === 'admin' ? 'by-admin' : 'by-customer', order.paymentId);

/** Only the order's own payment decides: another one is history. */
const ownPaymentCancelled: Rule = (order, fact) => {
  if (fact.paymentId !== order.paymentId) return noteClosedPayment(order, fact);
  return cancel(order.paymentExpired ? 'payment-expired' : 'payment-cancelled');
};

const ownPaymentRefunded: Rule = (order, { paymentId }) =>
  paymentId === order.paymentId ? cancel('payment-cancelled') : { noted: true };

/** A customer whose webhook is late is not cancelled: Stripe says whether the payment can still be cancelled. */
const paymentWindowOver: Rule = ({ paymentId, paymentExpired }) =>
  paymentId === null
    ? cancel('payment-expired')
    : {
        paymentExpired: true,
        ...(!paymentExpired && { noted: true }),
        commands: [{ type: 'CANCEL_PAYMENT', paymentId, reason: 'payment-expired' }],
      };

function refund(paymentId: string | null | undefined, reason: string): Command[] {
  return paymentId ? [{ type: 'REFUND_PAYMENT', paymentId, reason }] : [];
}

/**
 * The life of an order: every status times every fact. None throws, for late and doubled facts are ordinary.
 * The type makes the compiler refuse a missing cell.
 */
export const orderRules: Readonly<Record<OrderStatus, Readonly<Record<FactType, Rule>>>> = {
  pending: {
    'stock-reserved': () => ({ status: 'processing' }),
    'stock-rejected': () => ({ status: 'cancelled', reason: 'out-of-stock' }),
    'payment-created': keepPayment,
    // Cannot be reached while checkout refuses pending orders; the rule is there all the same.
    'payment-succeeded': complete,
    'payment-mismatched': giveBackMismatch,
    'payment-failed': nothing,
    'payment-cancelled': closePayment,
    'payment-refunded': noteClosedPayment,
    'cancel-asked': cancelAsAsked,
    'window-over': (order) => cancel('stock-timeout', order.paymentId),
  },
  processing: {
    'stock-reserved': nothing,
    'stock-rejected': nothing,
    'payment-created': keepPayment,
    'payment-succeeded': complete,
    'payment-mismatched': giveBackMismatch,
    'payment-failed': noted,
    'payment-cancelled': ownPaymentCancelled,
    'payment-refunded': noteClosedPayment,
    'cancel-asked': cancelAsAsked,
    'window-over': paymentWindowOver,
  },
  completed: {
    'stock-reserved': nothing,
    'stock-rejected': nothing,
    'payment-created': giveBackAnother,
    'payment-succeeded': giveBackAnother,
    'payment-mismatched': giveBackAnother,
    'payment-failed': nothing,
    'payment-cancelled': nothing,
    'payment-refunded': ownPaymentRefunded,
    'cancel-asked': cancelAsAsked,
    'window-over': nothing,
  },
  cancelled: {
    'stock-reserved': nothing,
    'stock-rejected': nothing,
    'payment-created': giveBack('the order is cancelled'),
    'payment-succeeded': giveBack('the order is cancelled'),
    'payment-mismatched': giveBack('the order is cancelled'),
    'payment-failed': nothing,
    'payment-cancelled': nothing,
    'payment-refunded': noted,
    'cancel-asked': refused,
    'window-over': nothing,
  },
};

/** What follows when `fact` happens to an order in this state. */
export function decide(order: OrderState, fact: Fact): Decision {
  return orderRules[order.status][fact.type](order, fact);
}
