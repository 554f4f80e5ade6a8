import type { OrderFacts } from '../order-facts.ts';
import type { Payment } from '../payments.ts';
import type { Contradiction } from './order-rules.ts';

/** Where an order and what Stripe has of it contradict each other, once nothing is under way (invariant 4). */
export function paymentContradictionsOf(
  order: OrderFacts,
  payments: readonly Payment[],
): readonly Contradiction[] {
  const wrong = payments.flatMap(refundsOf);
  if (order.status === 'completed') return [...wrong, ...mustKeepOne(order, payments.filter(isKept))];
  if (order.status === 'cancelled') return [...wrong, ...payments.flatMap(mustBeOver)];
  return wrong;
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** Money that the shop has. */
export const isKept = ({ status, refunds }: Payment) => status === 'succeeded' && refunds.length === 0;

/** The shop gives all of a payment back, once. */
const refundsOf = ({ id, amount, refunds }: Payment): Contradiction[] =>
  refunds.length === 0 || (refunds.length === 1 && sum(refunds) === amount)
    ? []
    : [
        {
          fault: 'refund-wrong',
          what: `of payment ${id}, ${amount}, was refunded: ${refunds.join(' and ')}`,
        },
      ];

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
