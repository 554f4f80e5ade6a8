import type { OrderFacts } from '../order-facts.ts';
import type { Payment } from '../payments.ts';
import { type Contradiction, sum } from './order-rules.ts';

/** Where an order and what Stripe has of it contradict each other, once nothing is under way (invariant 4). */
export function paymentContradictionsOf(
  order: OrderFacts,
  payments: readonly Payment[],
): readonly Contradiction[] {
  const wrong = [...payments.flatMap((payment) => refundsOf(order, payment)), ...refundsNotMade(order)];
  if (order.status === 'completed') return [...wrong, ...mustKeepOne(order, payments.filter(isKept))];
  if (order.status === 'cancelled') return [...wrong, ...payments.flatMap(mustBeOver)];
  return wrong;
}

/** The shop has money of it. */
export const isKept = ({ status, amount, refunds }: Payment) =>
  status === 'succeeded' && sum(refunds) < amount;

/** No more is given back than was paid, and the order knows of all of it. */
function refundsOf(order: OrderFacts, { id, amount, refunds }: Payment): Contradiction[] {
  const given = sum(refunds);
  const refunded = refunds.length === 0 ? 'nothing' : refunds.join(' and ');
  if (given > amount)
    return [{ fault: 'refund-wrong', what: `of payment ${id}, ${amount}, was refunded: ${refunded}` }];
  const own = order.refunds.filter(({ paymentId }) => paymentId === id);
  // Orders that were cancelled by releases without them have none.
  if (own.length === 0 && (order.status !== 'completed' || order.paymentId !== id)) return [];
  const made = own.filter(
    ({ status, stripeId }) => status === 'succeeded' || (status === 'pending' && stripeId),
  );
  const known = sum(made.map((refund) => refund.amount));
  return known === given
    ? []
    : [
        {
          fault: 'refund-wrong',
          what: `of payment ${id} Stripe has refunded ${refunded}, and the order knows of ${known}`,
        },
      ];
}

const refundsNotMade = ({ refunds }: OrderFacts): Contradiction[] =>
  refunds
    .filter(({ status, stripeId }) => status === 'pending' && stripeId === null)
    .map(({ amount, paymentId }) => ({
      fault: 'refund-not-made',
      what: `a refund of ${amount} was asked for, and Stripe has not made it of payment ${paymentId}`,
    }));

function mustKeepOne(order: OrderFacts, kept: readonly Payment[]): Contradiction[] {
  const { amount, currency, paymentId } = order;
  const due = amount === 0 ? [] : [paymentId];
  const own = kept.find(({ id }) => due.includes(id));
  const others = kept.filter((payment) => payment !== own).map(({ id }) => id);
  const found: Contradiction[] = [];
  if (others.length > 0)
    found.push({
      fault: 'payment-doubled',
      what: `it is completed without ${others.join(' and ')}, which was kept`,
    });
  if (amount > 0 && own === undefined)
    found.push({
      fault: 'payment-missing',
      what: `it is completed, and Stripe has not kept its payment ${paymentId}`,
    });
  if (own !== undefined && (own.amount !== amount || own.currency !== currency))
    found.push({
      fault: 'payment-missing',
      what: `it costs ${amount} ${currency}, and ${own.amount} ${own.currency} were paid`,
    });
  return found;
}

function mustBeOver(payment: Payment): Contradiction[] {
  const { id, status } = payment;
  if (status === 'canceled' || (status === 'succeeded' && !isKept(payment))) return [];
  return status === 'succeeded'
    ? [{ fault: 'payment-kept', what: `it is cancelled, and payment ${id} was not refunded` }]
    : [{ fault: 'payment-open', what: `it is cancelled, and payment ${id} is ${status}` }];
}
