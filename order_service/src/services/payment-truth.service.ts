import type { EventData } from '@shop/contracts';
import { PermanentError } from '@shop/messaging';
import type { PaymentClient } from '../clients/payment-client.ts';
import { contradictionOf } from '../domain/payment-truth.ts';

/**
 * All who can write to the bus can say that an order is paid: an event is only the news, Stripe is the truth.
 * @throws PermanentError when Stripe says otherwise: the event is dead-lettered, and an operator alerted
 * @throws Error when it cannot be asked: the event is tried again
 */
export async function requireTrue(news: EventData<'CREATE_PAYMENT'>, payments: PaymentClient): Promise<void> {
  const { paymentId, status, refunds } = news;
  const truth = await payments.read(paymentId, refunds !== undefined || status === 'refunded');
  const contradiction = contradictionOf(news, truth);
  if (contradiction !== undefined)
    throw new PermanentError(`Payment ${paymentId} is ${status}, says the event, but ${contradiction}.`);
}
