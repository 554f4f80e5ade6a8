import type { OrderFacts } from '../order-facts.ts';
import type { FaultCode } from '../report.ts';

export interface Contradiction {
  readonly fault: FaultCode;
  readonly productId?: number;
  readonly what: string;
}

/** What the databases say of an order and cannot all be true, once nothing is under way (invariants 2, 3, 4 and 7). */
export function contradictionsOf(order: OrderFacts): readonly Contradiction[] {
  return [...shippedTooMuch(order), ...shippedInVain(order), ...ofStatus(order)];
}

const shippedTooMuch = ({ wanted, shipped }: OrderFacts): Contradiction[] =>
  shipped.flatMap(({ productId, qty }) => {
    const ordered = wanted.find((line) => line.productId === productId)?.qty ?? 0;
    const what = `${qty} shipped, but ${ordered} ordered`;
    return qty > ordered ? [{ fault: 'shipped-beyond-order', productId, what }] : [];
  });

/** What was sent is not cancelled: its order ends only when all of the money was given back. */
const shippedInVain = ({ status, reason, shipped }: OrderFacts): Contradiction[] =>
  shipped.length > 0 && status !== 'completed' && reason !== 'refunded'
    ? [{ fault: 'shipped-not-completed', what: `something of it was shipped, and it is ${status}` }]
    : [];

function ofStatus(order: OrderFacts): readonly Contradiction[] {
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

/** Each product was taken once, and nothing of it was put back but what came back with refunds. */
const mustHold = (order: OrderFacts): Contradiction[] =>
  everyProduct(order).flatMap(({ productId, qty, returned, deltas }) =>
    qty > 0 && isTakenOnce(qty, deltas) && sum(deltas) === returned - qty
      ? []
      : [
          {
            fault: 'stock-not-taken',
            productId,
            what: `${qty} ordered${cameBack(returned)}, but the stock moved by ${said(deltas)}`,
          },
        ],
  );

/** Each product was never taken, or taken once and put back once, but for what was shipped and what a refund had decided of. */
const mustReturn = (order: OrderFacts): Contradiction[] =>
  everyProduct(order).flatMap(({ productId, qty, returned, decided, sent, deltas }) =>
    deltas.length === 0 || (isTakenOnce(qty, deltas) && sum(deltas) === returned - decided - sent)
      ? []
      : [
          {
            fault: 'stock-not-returned',
            productId,
            what: `${qty} ordered and cancelled${cameBack(returned)}, but the stock moved by ${said(deltas)}`,
          },
        ],
  );

export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function isTakenOnce(qty: number, deltas: readonly number[]): boolean {
  const taken = deltas.filter((delta) => delta < 0);
  return taken.length === 1 && taken[0] === -qty;
}

const cameBack = (returned: number) => (returned > 0 ? `, of which ${returned} came back` : '');

const said = (deltas: readonly number[]) => (deltas.length === 0 ? 'nothing' : deltas.join(' and '));

function everyProduct({ wanted, shipped, movements, refunds }: OrderFacts) {
  const quantities = new Map(wanted.map(({ productId, qty }) => [productId, qty]));
  const ids = new Set([...quantities.keys(), ...movements.map(({ productId }) => productId)]);
  const ofRefunds = refunds.flatMap(({ status, lines }) =>
    lines.map((line) => ({
      ...line,
      decided: status === 'failed' ? Math.min(line.unshipped, line.returned) : line.unshipped,
    })),
  );
  return [...ids].map((productId) => ({
    productId,
    ...totalsOf(ofRefunds.filter((line) => line.productId === productId)),
    qty: quantities.get(productId) ?? 0,
    sent: shipped.find((line) => line.productId === productId)?.qty ?? 0,
    deltas: movements.filter((movement) => movement.productId === productId).map(({ delta }) => delta),
  }));
}

/** What came back with refunds, and of how many pieces that were not shipped they had decided. */
const totalsOf = (lines: readonly { readonly returned: number; readonly decided: number }[]) => ({
  returned: sum(lines.map(({ returned }) => returned)),
  decided: sum(lines.map(({ decided }) => decided)),
});

const mustBePaid = ({ amount, paymentId, isPaid }: OrderFacts): Contradiction[] =>
  amount === 0 || isPaid
    ? []
    : [
        {
          fault: 'payment-missing',
          what: `it is completed, and its history has no payment ${paymentId ?? 'at all'} that succeeded`,
        },
      ];
