import type { CancelReason, OrderStatus } from '@shop/contracts';

/** What the rules need to know of an order. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly paymentId: string | null;
  /** The time to pay is over and Stripe was asked to cancel; its verdict is awaited. */
  readonly paymentExpired: boolean;
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

const keepPayment: Rule = (_order, { paymentId }) => (paymentId ? { paymentId, noted: true } : {});
const complete: Rule = (_order, { paymentId }) => ({ status: 'completed', ...(paymentId && { paymentId }) });

const giveBack =
  (reason: string): Rule =>
  (_order, { paymentId }) => ({ noted: true, commands: refund(paymentId, reason) });

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
const ownPaymentCancelled: Rule = (order, { paymentId }) => {
  if (paymentId !== order.paymentId) return { noted: true };
  return cancel(order.paymentExpired ? 'payment-expired' : 'payment-cancelled');
};

const ownPaymentRefunded: Rule = (order, { paymentId }) =>
  paymentId === order.paymentId ? cancel('payment-cancelled') : { noted: true };

/** To wait for the verdict on a payment that was given back would have no end. */
const forgetOwnPayment: Rule = (order, { paymentId }) =>
  paymentId === order.paymentId ? { noted: true, paymentId: null } : { noted: true };

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
    'payment-cancelled': nothing,
    'payment-refunded': noted,
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
    'payment-refunded': forgetOwnPayment,
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
