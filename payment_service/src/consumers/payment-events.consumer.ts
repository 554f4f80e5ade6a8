import {
  type EventBus,
  type EventMetrics,
  PermanentError,
  type Subscription,
  subscribe,
} from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import {
  cancelPayment,
  checkPayment,
  type PaymentCommandDeps,
  refundPayment,
} from '../services/payment-command.service.ts';

export interface PaymentEventsOptions {
  readonly deps: PaymentCommandDeps;
  readonly bus: EventBus;
  readonly giveUpAfterMs: number;
  readonly logger: Logger;
  readonly metrics: EventMetrics;
}

/** Handles what order_service asks for: to check, cancel and refund payments. */
export function consumePaymentEvents({ deps, ...options }: PaymentEventsOptions): Promise<Subscription> {
  return subscribe({
    ...options,
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
  });
}
