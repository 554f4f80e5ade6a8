import { Problem, withSpan } from '@shop/service-kit';
import type { Payment, PaymentHint } from '../domain/payment.ts';
import type { PaymentDeps } from './deps.ts';
import { inTraceOf } from './order-trace.ts';

/**
 * Takes a webhook as a hint that something about a payment is new. Webhooks come twice, late and in any order,
 * so what is published is what the payment is now, not what the webhook says.
 * @returns false when it is not a payment of this shop
 */
export async function handlePaymentWebhook(hint: PaymentHint, deps: PaymentDeps): Promise<boolean> {
  const payment = await deps.gateway.getPayment(hint.paymentId).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'payment-not-found') return undefined;
    throw error;
  });
  if (payment === undefined) return false;
  const attributes = { 'shop.order_number': payment.metadata.orderNumber };
  await inTraceOf(payment, () =>
    withSpan({ name: 'payment webhook', attributes }, () => publishNews(payment, hint, deps)),
  );
  return true;
}

async function publishNews(
  payment: Payment,
  { failedRefund }: PaymentHint,
  { publish, metrics, logger }: PaymentDeps,
): Promise<void> {
  if (failedRefund === undefined) return publish(payment);
  const { id: paymentId, status, metadata } = payment;
  logger.error(
    { paymentId, status, refund: failedRefund, orderNumber: metadata.orderNumber },
    'a refund did not reach the customer: an operator has to act',
  );
  await publish({ ...payment, failedRefund });
  metrics.failedRefunds.inc();
}
