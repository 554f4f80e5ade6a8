import { inSpan, type Logger, Problem } from '@shop/service-kit';
import { isOrderPayment, type OrderPayment, type Payment } from '../domain/payment.ts';
import type { PaymentGateway } from '../domain/payment-gateway.ts';
import type { PaymentHint } from '../domain/payment-hint.ts';
import type { PaymentMetrics } from '../metrics.ts';
import type { PublishPayment } from './broker.service.ts';
import { inTraceOf } from './order-trace.ts';

export interface PaymentWebhookDeps {
  readonly publish: PublishPayment;
  readonly metrics: Pick<PaymentMetrics, 'refundFailed'>;
  readonly logger: Logger;
}

/**
 * Takes a webhook as a hint that something about a payment is new. Webhooks come twice, late and in any order,
 * so what is published is what the payment is now, not what the webhook says.
 * @returns false when the payment is none of this shop's
 */
export async function HandlePaymentWebhook(
  hint: PaymentHint,
  gateway: PaymentGateway,
  deps: PaymentWebhookDeps,
): Promise<boolean> {
  const payment = await find(hint.paymentId, gateway);
  if (payment === undefined || !isOrderPayment(payment)) return false;
  const attributes = { 'shop.order_number': payment.metadata.orderNumber };
  await inTraceOf(payment, () => inSpan('payment webhook', attributes, () => tell(payment, hint, deps)));
  return true;
}

async function tell(
  payment: OrderPayment,
  { failedRefund }: PaymentHint,
  { publish, metrics, logger }: PaymentWebhookDeps,
): Promise<void> {
  if (failedRefund === undefined) return publish(payment);
  const { id: paymentId, status, metadata } = payment;
  logger.error(
    { paymentId, status, refund: failedRefund, orderNumber: metadata.orderNumber },
    'a refund did not reach the customer: an operator has to act',
  );
  await publish({ ...payment, failedRefund });
  metrics.refundFailed();
}

async function find(paymentId: string, gateway: PaymentGateway): Promise<Payment | undefined> {
  try {
    return await gateway.getPayment(paymentId);
  } catch (error) {
    if (error instanceof Problem && error.code === 'payment-not-found') return undefined;
    throw error;
  }
}
