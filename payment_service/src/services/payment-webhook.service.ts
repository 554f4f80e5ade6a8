import { Problem, withSpan } from '@shop/service-kit';
import type { Dispute, DisputeHint, Payment, PaymentHint } from '../domain/payment.ts';
import type { PaymentDeps } from './deps.ts';
import { inTraceOf } from './order-trace.ts';

/**
 * Takes a webhook as a hint that something about a payment, or its dispute, is new. Webhooks come twice, late and in any
 * order, so what is published is what it is now, not what the webhook says.
 * @returns false when it is not a payment of this shop
 */
export async function handleWebhook(hint: PaymentHint | DisputeHint, deps: PaymentDeps): Promise<boolean> {
  const { gateway } = deps;
  if ('disputeId' in hint) {
    const dispute = await ofThisShop(gateway.getDispute(hint.disputeId));
    return dispute !== undefined && report(dispute.payment, () => publishDisputeNews(dispute, deps));
  }
  const { paymentId, isAboutRefund } = hint;
  const read = isAboutRefund ? gateway.getPaymentWithRefunds(paymentId) : gateway.getPayment(paymentId);
  const payment = await ofThisShop(read);
  return payment !== undefined && report(payment, () => publishNews(payment, hint, deps));
}

async function ofThisShop<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'payment-not-found') return undefined;
    throw error;
  });
}

async function report(payment: Payment, publish: () => Promise<void>): Promise<true> {
  const attributes = { 'shop.order_number': payment.metadata.orderNumber };
  await inTraceOf(payment, () => withSpan({ name: 'payment webhook', attributes }, publish));
  return true;
}

/** Repeats included: order_service writes each status down once. */
async function publishDisputeNews(dispute: Dispute, { publishDispute, logger }: PaymentDeps): Promise<void> {
  const { id, payment, amount, currency, reason, status, dueBy } = dispute;
  const { orderNumber } = payment.metadata;
  logger.warn(
    { paymentId: payment.id, dispute: id, orderNumber, amount, currency, reason, status, dueBy },
    'a payment is disputed',
  );
  await publishDispute(dispute);
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
