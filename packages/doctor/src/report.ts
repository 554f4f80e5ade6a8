/** What must hold, by its number in docs/reliability.md, and what to do where it does not. */
export const faults = {
  'stock-sum': {
    invariant: 1,
    advice:
      'Compare the movements with what is on the shelf, then set the stock that is right: PATCH /products/ID.',
  },
  'sold-beyond-stock': {
    invariant: 1,
    advice: 'More was sold than there was: count the shelf, and cancel what cannot be sent.',
  },
  'order-missing': {
    invariant: 2,
    advice: 'A customer was told of it: restore the order from a backup, or tell the customer.',
  },
  'order-overdue': {
    invariant: 2,
    advice: 'Is order_service running, and Stripe answering? If so, cancel it: POST /orders/NUMBER/cancel.',
  },
  'reservation-missing': {
    invariant: 3,
    advice: 'catalog_service does not know the order: replay its CREATE_ORDER or CANCEL_ORDER.',
  },
  'stock-not-taken': {
    invariant: 3,
    advice: 'Count the shelf and correct the stock of the product, or cancel the order.',
  },
  'stock-not-returned': {
    invariant: 3,
    advice:
      'Replay the CANCEL_ORDER of the order; if that changes nothing, correct the stock of the product.',
  },
  'payment-missing': {
    invariant: 4,
    advice: 'It was completed without money: do not send it, look at it in Stripe, and cancel it.',
  },
  'payment-doubled': {
    invariant: 4,
    advice: 'Refund in Stripe all payments but the one that the order names.',
  },
  'payment-kept': {
    invariant: 4,
    advice: 'Refund the payment in Stripe: the order does not keep it.',
  },
  'payment-open': {
    invariant: 4,
    advice: 'The order is cancelled and can still be paid: cancel the payment in Stripe.',
  },
  'refund-wrong': {
    invariant: 4,
    advice:
      'Compare the refunds in Stripe with the order: POST /verify-payment/ID has the order told of all of them. What was given back too much only the customer can return.',
  },
  'refund-not-made': {
    invariant: 4,
    advice:
      'Is payment_service running, and Stripe answering? If so, look for a REFUND_PAYMENT among the dead letters.',
  },
  'event-not-sent': {
    invariant: 5,
    advice:
      'Is the broker answering? If it refuses this event, its service logs why; the events of its key wait.',
  },
  'event-not-handled': {
    invariant: 5,
    advice: 'Replay the event; a consumer that has handled it does nothing.',
  },
  'partition-behind': {
    invariant: 5,
    advice: 'Is the consumer running? It logs what it retries; see also its dead letters.',
  },
  'shipped-beyond-order': {
    invariant: 7,
    advice: 'Ask the warehouse what was really sent, and the customer to send back what is too much.',
  },
  'shipped-not-completed': {
    invariant: 7,
    advice:
      'Its stock may be on the shelf and with the customer: count the shelf, correct the stock of the products.',
  },
  'document-stale': {
    invariant: 6,
    advice: 'Replay the ProductEvents of the product, or build the index anew: catalog_service reindex.',
  },
} as const satisfies Record<string, { readonly invariant: number; readonly advice: string }>;

export type FaultCode = keyof typeof faults;

/** One thing that contradicts what must hold. */
export interface Finding {
  readonly fault: FaultCode;
  /** The number of what does not hold, in docs/reliability.md. */
  readonly invariant: number;
  readonly orderNumber?: string | undefined;
  readonly productId?: number | undefined;
  /** What is there, and what should be. */
  readonly what: string;
  readonly advice: string;
}

export interface Report {
  readonly findings: readonly Finding[];
  /** True: there are more than these. */
  readonly isCut: boolean;
  /** What was looked at, by its kind. */
  readonly checked: Readonly<Record<string, number>>;
  /** What is too young to be judged, by its kind. */
  readonly underWay: Readonly<Record<string, number>>;
  /** What could not be looked at, as nothing names it. */
  readonly notChecked: readonly string[];
}

type Place = Pick<Finding, 'orderNumber' | 'productId'>;

export type Notes = ReturnType<typeof createNotes>;

/** Collects what the checks see. Beyond `most` findings a shop needs more than a list: further ones are dropped. */
export function createNotes(most = 1_000, onProgress: (checked: Report['checked']) => void = () => {}) {
  const findings: Finding[] = [];
  const checked: Record<string, number> = {};
  const underWay: Record<string, number> = {};
  const notChecked: string[] = [];
  let isCut = false;
  const add = (counts: Record<string, number>, kind: string, count: number) => {
    counts[kind] = (counts[kind] ?? 0) + count;
  };
  return {
    found: (fault: FaultCode, place: Place, what: string) => {
      if (findings.length === most) isCut = true;
      else
        findings.push({
          fault,
          invariant: faults[fault].invariant,
          ...place,
          what,
          advice: faults[fault].advice,
        });
    },
    checked: (kind: string, count: number) => {
      add(checked, kind, count);
      onProgress(checked);
    },
    underWay: (kind: string, count: number) => {
      if (count > 0) add(underWay, kind, count);
    },
    notChecked: (what: string) => void notChecked.push(what),
    report: (): Report => ({ findings, isCut, checked, underWay, notChecked }),
  };
}
