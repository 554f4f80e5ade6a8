import { createEvent, type EventBus, type EventMetrics, encodeEvent, publishEvent } from '@shop/messaging';
import { TimeoutStrategy, timeout } from 'cockatiel';
import type { PaymentNews } from '../domain/payment.ts';
import type { PaymentMetrics } from '../metrics.ts';
import { problem } from '../problems.ts';

export type PublishPayment = ReturnType<typeof createPaymentPublisher>;

interface PublisherOptions {
  readonly bus: EventBus;
  readonly metrics: Pick<PaymentMetrics, 'published'>;
  readonly eventMetrics?: EventMetrics;
  /** The limit of a publish in all; a caller is waiting, and there is no outbox to finish it later. */
  readonly limitMs?: number;
}

export function createPaymentPublisher({ bus, metrics, eventMetrics, limitMs = 3_000 }: PublisherOptions) {
  const limit = timeout(limitMs, TimeoutStrategy.Aggressive);
  /**
   * Tells order_service what a payment is now. Resolves when that cannot be lost any more.
   * @throws Problem `events-unavailable` when it may be lost: the caller must send it again
   */
  return async (payment: PaymentNews): Promise<void> => {
    const { id, status, amount, currency, log, metadata } = payment;
    const { orderNumber } = metadata;
    const event = createEvent({
      source: 'payment_service',
      type: 'CREATE_PAYMENT',
      key: orderNumber,
      id: eventId(payment),
      data: { orderNumber, paymentId: id, status, amount, currency, paymentLog: log },
    });
    const message = encodeEvent(event);
    try {
      await limit.execute(() => publishEvent({ bus, metrics: eventMetrics }, message));
    } catch (cause) {
      throw problem('events-unavailable', { cause });
    }
    metrics.published(event.id, payment);
  };
}

/** The same for the same news, so that a repeat is a duplicate; an order can be declined more than once. */
function eventId({ id, status, failure = 'unknown', failedRefund }: PaymentNews): string {
  if (status === 'failed') return `${id}:failed:${failure}`;
  // The payment has succeeded for long: without the refund in the id nobody would listen.
  if (status === 'succeeded' && failedRefund !== undefined) return `${id}:succeeded:${failedRefund}`;
  return `${id}:${status}`;
}
