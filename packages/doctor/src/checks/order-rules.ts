import type { OrderFacts } from '../order-facts.ts';
import type { FaultCode } from '../report.ts';

export interface Contradiction {
  readonly fault: FaultCode;
  readonly productId?: number;
  readonly what: string;
}

/** What the databases say of an order and cannot all be true, once nothing is under way (invariants 2, 3 and 4). */
export function contradictionsOf(order: OrderFacts): readonly Contradiction[] {
  switch (order.status) {
    case 'pending':
      return overdue(order);
    case 'processing':
      return [...overdue(order), ...reservationOf(order, 'reserved'), ...mustHold(order)];
    case 'completed':
      return [...reservationOf(order, 'reserved'), ...mustHold(order), ...mustBePaid(order)];
    case 'cancelled':
      return [...reservationOf(order, 'released', 'rejected'), ...mustReturn(order)];
  }
}

const overdue = ({ isOverdue, status }: OrderFacts): Contradiction[] =>
  isOverdue ? [{ fault: 'order-overdue', what: `it is ${status}, and its time is over` }] : [];

function reservationOf(
  { reservation, status }: OrderFacts,
  ...right: OrderFacts['reservation'][]
): Contradiction[] {
  if (right.includes(reservation)) return [];
  const fault =
    status === 'cancelled' && reservation === 'reserved' ? 'stock-not-returned' : 'reservation-missing';
  return [{ fault, what: `it is ${status}, and its reservation is ${reservation ?? 'not there'}` }];
}

/** Each product was taken once, and not put back. */
const mustHold = (order: OrderFacts): Contradiction[] =>
  everyProduct(order).flatMap(({ productId, qty, deltas }) =>
    qty > 0 && deltas.length === 1 && deltas[0] === -qty
      ? []
      : [
          {
            fault: 'stock-not-taken',
            productId,
            what: `${qty} ordered, but the stock moved by ${said(deltas)}`,
          },
        ],
  );

/** Each product was never taken, or taken once and put back once. */
const mustReturn = (order: OrderFacts): Contradiction[] =>
  everyProduct(order).flatMap(({ productId, qty, deltas }) =>
    deltas.length === 0 || (deltas.length === 2 && deltas.includes(-qty) && deltas.includes(qty))
      ? []
      : [
          {
            fault: 'stock-not-returned',
            productId,
            what: `${qty} ordered and cancelled, but the stock moved by ${said(deltas)}`,
          },
        ],
  );

const said = (deltas: readonly number[]) => (deltas.length === 0 ? 'nothing' : deltas.join(' and '));

function everyProduct({ wanted, movements }: OrderFacts) {
  const quantities = new Map(wanted.map(({ productId, qty }) => [productId, qty]));
  const ids = new Set([...quantities.keys(), ...movements.map(({ productId }) => productId)]);
  return [...ids].map((productId) => ({
    productId,
    qty: quantities.get(productId) ?? 0,
    deltas: movements.filter((movement) => movement.productId === productId).map(({ delta }) => delta),
  }));
}

const mustBePaid = ({ amount, paymentId, isPaid }: OrderFacts): Contradiction[] =>
  amount === 0 || isPaid
    ? []
    : [
        {
          fault: 'payment-missing',
          what: `it is completed, and its history has no payment ${paymentId ?? 'at all'} that succeeded`,
        },
      ];
