import { createEvent, type EventBus, type EventMetrics, encodeEvent, publishEvent } from '@shop/messaging';
import { AppError } from '@shop/service-kit';
import type { OrderPayment } from '../domain/payment.ts';
import type { PaymentMetrics } from '../metrics.ts';

/**
 * Tells order_service what a payment is now. Resolves when that cannot be lost any more.
 * @throws AppError `events-unavailable` when it may be lost: whoever caused it must send it again
 */
export type PublishPayment = (payment: OrderPayment) => Promise<void>;

export interface PublisherOptions {
  readonly bus: EventBus;
  readonly metrics: Pick<PaymentMetrics, 'published'>;
  readonly eventMetrics?: EventMetrics;
  /** The limit of a publish in all; a caller is waiting, and there is no outbox to finish it later. */
  readonly limitMs?: number;
}

export function createPaymentPublisher(options: PublisherOptions): PublishPayment {
  const { bus, metrics, eventMetrics, limitMs = 3_000 } = options;
  return async (payment) => {
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
      await within(limitMs, publishEvent({ bus, ...(eventMetrics && { metrics: eventMetrics }) }, message));
    } catch (cause) {
      const detail = 'The state of the payment could not be passed on. Try again in a moment.';
      throw new AppError('unavailable', 'events-unavailable', detail, { cause, retryAfter: 1 });
    }
    metrics.published(event.id, payment);
  };
}

/** The same for the same news, so that a repeat is a duplicate; an order can be declined more than once. */
function eventId({ id, status, failure = 'unknown', failedRefund }: OrderPayment): string {
  if (status === 'failed') return `${id}:failed:${failure}`;
  // The payment has succeeded for long: without the refund in the id nobody would listen.
  if (status === 'succeeded' && failedRefund !== undefined) return `${id}:succeeded:${failedRefund}`;
  return `${id}:${status}`;
}

async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not published within ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
