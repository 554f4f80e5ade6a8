import { type EventBus, type EventMetrics, PermanentError, subscribe } from '@shop/messaging';
import type { PaymentDeps } from '../services/deps.ts';
import { cancelPayment, checkPayment, refundPayment } from '../services/payment-command.service.ts';

/** Handles what order_service asks for: to check, cancel and refund payments. */
export function consumePaymentEvents(bus: EventBus, metrics: EventMetrics, deps: PaymentDeps) {
  return subscribe({
    bus,
    group: 'payment_service',
    topic: 'PaymentEvents',
    handle: async (event) => {
      switch (event.type) {
        case 'CHECK_PAYMENT':
          return checkPayment(event.data, deps);
        case 'CANCEL_PAYMENT':
          return cancelPayment(event.data, deps);
        case 'REFUND_PAYMENT':
          return refundPayment(event.data, deps);
        default:
          throw new PermanentError(`${event.type} is not a payment command`);
      }
    },
    giveUpAfterMs: deps.config.eventRetryLimitMs,
    logger: deps.logger,
    metrics,
  });
}
