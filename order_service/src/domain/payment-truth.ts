import { type EventData, type PaymentFacts, type PaymentStatus, paymentStatuses } from '@shop/contracts';

type News = EventData<'CREATE_PAYMENT'>;

/** What a payment can have become since it was said to be in that state. */
const lastsOrBecomes: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  created: paymentStatuses,
  failed: paymentStatuses,
  succeeded: ['succeeded', 'refunded'],
  cancelled: ['cancelled'],
  refunded: ['refunded'],
};

/**
 * Why news of a payment cannot be true, by what Stripe says of it now; undefined when it can. Old news is none the less
 * news: the payment may have gone on since.
 */
export function contradictionOf(news: News, truth: PaymentFacts | undefined): string | undefined {
  if (truth === undefined) return 'Stripe knows no such payment of this shop';
  if (truth.paymentId !== news.paymentId || truth.orderNumber !== news.orderNumber)
    return 'it is not the payment of this order';
  if (truth.amount !== news.amount || truth.currency !== news.currency)
    return `Stripe has ${truth.amount} ${truth.currency}, not ${news.amount} ${news.currency}`;
  if (!couldBe(news.status, truth)) return `it is ${truth.status} at Stripe, not ${news.status}`;
  if (news.refunds?.some((refund) => !isTrue(refund, truth))) return 'Stripe knows no such refund';
  return undefined;
}

function couldBe(status: PaymentStatus, truth: PaymentFacts): boolean {
  // A bank can send a refund back that had succeeded.
  const isPaidAgain =
    truth.status === 'succeeded' && truth.refunds.some((refund) => refund.status === 'failed');
  return lastsOrBecomes[status].includes(truth.status) || (status === 'refunded' && isPaidAgain);
}

/** One without an id is what Stripe refused to make: nothing came of it. */
const isTrue = ({ id, amount, status }: NonNullable<News['refunds']>[number], { refunds }: PaymentFacts) =>
  id === undefined
    ? status === 'failed'
    : refunds.some((refund) => refund.id === id && refund.amount === amount);
