import type { ShopEvent } from '@shop/contracts';
import { PermanentError } from '@shop/messaging';
import { type Logger, Problem } from '@shop/service-kit';
import { isOpen, isOrderPayment, type OrderPayment, type Payment } from '../domain/payment.ts';
import { type PaymentGateway, PaymentRefusedError } from '../domain/payment-gateway.ts';
import type { PublishPayment } from './broker.service.ts';
import { inTraceOf } from './order-trace.ts';

type PaymentCommand = ShopEvent<'CANCEL_PAYMENT' | 'REFUND_PAYMENT' | 'CHECK_PAYMENT'>;

export interface PaymentCommandDeps {
  readonly publish: PublishPayment;
  readonly logger: Logger;
}

/**
 * Does what order_service asks for and publishes what the payment is then: also when it was too late, for the
 * order decides by what is true. Each command may come again at any time.
 * @throws PermanentError when the payment is unknown, or that of another order, or Stripe refuses for good
 */
export async function HandlePaymentCommand(
  event: ShopEvent,
  gateway: PaymentGateway,
  { publish, logger }: PaymentCommandDeps,
): Promise<void> {
  if (!isCommand(event)) throw new PermanentError(`${event.type} is not a payment command`);
  const payment = await find(event, gateway);
  await inTraceOf(payment, async () => {
    const now = await obey(event.type, payment, gateway).catch(giveUpWhatIsRefused);
    if (event.type === 'REFUND_PAYMENT' && now.status === 'succeeded') {
      logger.error(event.data, 'Stripe did not give the money back: somebody has to see to it');
    }
    await publish({ ...now, metadata: payment.metadata });
  });
}

async function obey(
  type: PaymentCommand['type'],
  payment: Payment,
  gateway: PaymentGateway,
): Promise<Payment> {
  if (type === 'CHECK_PAYMENT') return payment;
  const cancelled = isOpen(payment) ? await gateway.cancelPayment(payment.id) : payment;
  if (type === 'CANCEL_PAYMENT' || cancelled.status !== 'succeeded') return cancelled;
  return gateway.refundPayment(payment.id);
}

/** A command that the provider refuses today is refused tomorrow too; an operator has to look at it. */
function giveUpWhatIsRefused(error: unknown): never {
  const isRefused =
    error instanceof PaymentRefusedError ||
    (error instanceof Problem && error.code === 'payment-not-possible');
  throw isRefused ? new PermanentError((error as Error).message, { cause: error }) : error;
}

async function find({ data }: PaymentCommand, gateway: PaymentGateway): Promise<OrderPayment> {
  const payment = await gateway.getPayment(data.paymentId).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'payment-not-found') {
      throw new PermanentError(`Stripe knows no payment ${data.paymentId}`, { cause: error });
    }
    throw error;
  });
  if (!isOrderPayment(payment) || payment.metadata.orderNumber !== data.orderNumber) {
    throw new PermanentError(`payment ${data.paymentId} is not that of order ${data.orderNumber}`);
  }
  return payment;
}

function isCommand(event: ShopEvent): event is PaymentCommand {
  return ['CANCEL_PAYMENT', 'REFUND_PAYMENT', 'CHECK_PAYMENT'].includes(event.type);
}
