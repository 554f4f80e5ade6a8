import type { EventData } from '@shop/contracts';
import { PermanentError } from '@shop/messaging';
import { Problem } from '@shop/service-kit';
import { isEnded, type Payment, type WantedRefund } from '../domain/payment.ts';
import { type PaymentGateway, PaymentRefusedError } from '../domain/payment-gateway.ts';
import type { PaymentDeps } from './deps.ts';
import { inTraceOf } from './order-trace.ts';

/*
 * What order_service asks for. Each function publishes what the payment is afterwards: also when it was too late, for
 * the order decides by what is true. Each may be called again at any time.
 * They throw a PermanentError when the payment is unknown, or that of another order, or Stripe refuses for good.
 */

type PaymentCommand = EventData<'CHECK_PAYMENT'>;

export const checkPayment = (command: PaymentCommand, deps: PaymentDeps) =>
  changeAndPublish(command, deps, async (payment) => payment);

/** Cancels the payment if it still can be. */
export const cancelPayment = (command: PaymentCommand, deps: PaymentDeps) =>
  changeAndPublish(command, deps, (payment) => cancelIfOpen(payment, deps.gateway));

/** Gives back what is asked for; or, without that, cancels the payment, or gives all of it back if it has succeeded. */
export const refundPayment = (command: EventData<'REFUND_PAYMENT'>, deps: PaymentDeps) =>
  changeAndPublish(command, deps, async (payment) => {
    const { refundId, amount } = command;
    const cancelled = await cancelIfOpen(payment, deps.gateway);
    if (refundId !== undefined && amount !== undefined)
      return refundPart(cancelled, { refundId, amount }, deps);
    if (cancelled.status !== 'succeeded') return cancelled;
    const refunded = await deps.gateway.refundPayment(payment.id);
    if (refunded.status === 'succeeded')
      deps.logger.error(command, 'Stripe did not give the money back: an operator has to act');
    return refunded;
  });

/** What Stripe refuses is news as well: order_service shows that the refund has failed. */
async function refundPart(
  payment: Payment,
  wanted: WantedRefund,
  { gateway, logger, metrics }: PaymentDeps,
): Promise<Payment> {
  try {
    return await gateway.refundPayment(payment.id, wanted);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { orderNumber } = payment.metadata;
    logger.error({ err: error, orderNumber, paymentId: payment.id, ...wanted }, 'Stripe refuses a refund');
    metrics.failedRefunds.inc();
    const { refunds = [], ...now } = await gateway.getPaymentWithRefunds(payment.id);
    return { ...now, refunds: [...refunds, { ...wanted, status: 'failed', failure: error.message }] };
  }
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof PaymentRefusedError || (error instanceof Problem && error.code === 'payment-not-possible');

async function cancelIfOpen(payment: Payment, gateway: PaymentGateway): Promise<Payment> {
  return isEnded(payment.status) ? payment : gateway.cancelPayment(payment.id);
}

async function changeAndPublish(
  { orderNumber, paymentId }: PaymentCommand,
  { gateway, publish }: PaymentDeps,
  change: (payment: Payment) => Promise<Payment>,
): Promise<void> {
  try {
    const payment = await gateway.getPaymentWithRefunds(paymentId);
    if (payment.metadata.orderNumber !== orderNumber)
      throw new PermanentError(`payment ${paymentId} is not that of order ${orderNumber}`);
    await inTraceOf(payment, async () => publish(await change(payment)));
  } catch (error) {
    // What the provider refuses today it refuses tomorrow too: an operator has to look at it.
    const isUnknown = error instanceof Problem && error.code === 'payment-not-found';
    if (!isUnknown && !isRefusal(error)) throw error;
    throw new PermanentError(`payment ${paymentId}: ${error.message}`, { cause: error });
  }
}
