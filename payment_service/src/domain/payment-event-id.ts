import { createHash } from 'node:crypto';
import type { PaymentNews } from './payment.ts';

type Told = Pick<PaymentNews, 'id' | 'status' | 'amount' | 'refunds'> &
  Partial<Pick<PaymentNews, 'failure' | 'failedRefund'>>;

/** The same for the same news, so that a repeat is a duplicate; an order can be declined more than once. */
export function eventIdOf(payment: Told): string {
  const { id, status, failure = 'unknown', failedRefund } = payment;
  if (status === 'failed') return `${id}:failed:${failure}`;
  const refunds = digestOfRefunds(payment);
  if (refunds !== undefined) return `${id}:${status}:${refunds}`;
  // The payment has succeeded for long: without the refund in the id nobody would listen.
  if (status === 'succeeded' && failedRefund !== undefined) return `${id}:succeeded:${failedRefund}`;
  return `${id}:${status}`;
}

/** What has become of its refunds; undefined where the status says it: there are none, or one has given back all. */
function digestOfRefunds({ amount, refunds = [] }: Told): string | undefined {
  const [first] = refunds;
  if (first === undefined) return undefined;
  if (refunds.length === 1 && first.status === 'succeeded' && first.amount === amount) return undefined;
  const states = refunds.map(({ id, refundId, status }) => `${id ?? refundId} ${status}`).sort();
  return createHash('sha256').update(states.join('\n')).digest('base64url').slice(0, 22);
}
