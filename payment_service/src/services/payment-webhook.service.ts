import { AppError } from '@shop/service-kit';
import { isOrderPayment, type Payment, type PaymentGateway } from '../domain/payment.ts';
import type { PublishPayment } from './broker.service.ts';

/**
 * Takes a webhook as a hint that something about a payment is new. Webhooks come twice, late and in any order,
 * so what is published is what the payment is now, not what the webhook says.
 * @returns false when the payment is none of this shop's
 */
export async function HandlePaymentWebhook(
  paymentId: string,
  gateway: PaymentGateway,
  { publish }: { readonly publish: PublishPayment },
): Promise<boolean> {
  const payment = await find(paymentId, gateway);
  if (payment === undefined || !isOrderPayment(payment)) return false;
  await publish(payment);
  return true;
}

async function find(paymentId: string, gateway: PaymentGateway): Promise<Payment | undefined> {
  try {
    return await gateway.getPayment(paymentId);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
