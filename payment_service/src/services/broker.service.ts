import type { ShopEvent } from '@shop/contracts';
import { createEvent, type EventBus, type EventMetrics, encodeEvent, publishEvent } from '@shop/messaging';
import { TimeoutStrategy, timeout } from 'cockatiel';
import type { Dispute, PaymentNews } from '../domain/payment.ts';
import { eventIdOf } from '../domain/payment-event-id.ts';
import type { PaymentMetrics } from '../metrics.ts';
import { problem } from '../problems.ts';

export type PublishPayment = ReturnType<typeof createPaymentPublisher>;
export type PublishDispute = ReturnType<typeof createDisputePublisher>;

interface SenderOptions {
  readonly bus: EventBus;
  readonly eventMetrics?: EventMetrics;
  /** The limit of a publish in all; a caller is waiting, and there is no outbox to finish it later. */
  readonly limitMs?: number;
}

interface PublisherOptions extends SenderOptions {
  readonly metrics: Pick<PaymentMetrics, 'published'>;
}

function createSender({ bus, eventMetrics, limitMs = 3_000 }: SenderOptions) {
  const limit = timeout(limitMs, TimeoutStrategy.Aggressive);
  return async (event: ShopEvent): Promise<void> => {
    const message = encodeEvent(event);
    try {
      await limit.execute(() => publishEvent({ bus, metrics: eventMetrics }, message));
    } catch (cause) {
      throw problem('events-unavailable', { cause });
    }
  };
}

export function createPaymentPublisher({ metrics, ...options }: PublisherOptions) {
  const send = createSender(options);
  /**
   * Tells order_service what a payment is now. Resolves when that cannot be lost any more.
   * @throws Problem `events-unavailable` when it may be lost: the caller must send it again
   */
  return async (payment: PaymentNews): Promise<void> => {
    const { id, status, amount, currency, log, metadata, refunds = [] } = payment;
    const { orderNumber } = metadata;
    const event = createEvent({
      source: 'payment_service',
      type: 'CREATE_PAYMENT',
      key: orderNumber,
      id: eventIdOf(payment),
      data: {
        orderNumber,
        paymentId: id,
        status,
        amount,
        currency,
        paymentLog: log,
        ...(refunds.length > 0 && { refunds: refunds.map((refund) => ({ ...refund })) }),
      },
    });
    await send(event);
    metrics.published(event.id, payment);
  };
}

export function createDisputePublisher(options: SenderOptions) {
  const send = createSender(options);
  /** Tells order_service what a dispute is now, as {@link createPaymentPublisher} does of a payment. */
  return ({ id, payment, amount, currency, reason, status, dueBy }: Dispute): Promise<void> => {
    const { orderNumber } = payment.metadata;
    return send(
      createEvent({
        source: 'payment_service',
        type: 'PAYMENT_DISPUTED',
        key: orderNumber,
        // The same for the same news, so that a repeat is a duplicate.
        id: `${id}:${status}`,
        data: { orderNumber, paymentId: payment.id, disputeId: id, amount, currency, reason, status, dueBy },
      }),
    );
  };
}
