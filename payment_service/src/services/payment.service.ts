import type { CheckoutReply, PaymentFacts, PaymentStatus } from '@shop/contracts';
import type { User } from '@shop/service-kit';
import { isEnded, type Payment, readTraceparent } from '../domain/payment.ts';
import { type PaymentGateway, requirePossible } from '../domain/payment-gateway.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { PaymentDeps } from './deps.ts';

/**
 * The order's one payment, ready to be confirmed in the browser. Its state is published even when it cannot be paid
 * any more. By `token`, the customer's own, order_service decides whether the order is theirs.
 */
export async function CreatePayment(
  userId: number,
  orderNumber: string,
  gateway: PaymentGateway,
  { orders, publish, token }: PaymentDeps & { readonly token: string },
): Promise<Schemas['PaymentData']> {
  const order = await orders.checkout(orderNumber, token);
  if (order.customerId !== userId) throw problem('order-not-found');
  const payment = await findOrCreate(order, gateway);
  requireSame(order, payment);
  await publish(payment);
  if (isEnded(payment.status)) throw problem(`payment-${payment.status}`);
  const { id: paymentId, clientSecret: secret, amount, currency } = payment;
  const { status, customerId } = order;
  return {
    secret,
    pubKey: gateway.publishableKey,
    amount,
    currency,
    order: { orderNumber, amount, currency, status, customerId, paymentId },
    paymentId,
  };
}

function findOrCreate(order: CheckoutReply, gateway: PaymentGateway): Promise<Payment> {
  const { orderNumber, customerId, amount, currency, paymentId } = order;
  if (paymentId !== null) return gateway.getPayment(paymentId);
  const traceparent = readTraceparent(order.traceparent);
  return gateway.createPayment({ amount, currency }, { orderNumber, customerId, traceparent });
}

/** Taking money for another order, or another sum, would be worse than failing. */
function requireSame(order: CheckoutReply, { id, metadata, amount, currency }: Payment): void {
  const sameOrder = metadata.orderNumber === order.orderNumber && metadata.customerId === order.customerId;
  const sameSum = amount === order.amount && currency === order.currency;
  if (!sameOrder || !sameSum) throw new Error(`Payment ${id} does not fit order ${order.orderNumber}.`);
}

/**
 * What Stripe says of a payment now, published again, so that an order does not depend on its webhook. By `token`
 * order_service says whether one of the caller's orders has it: Stripe is asked for nothing that somebody made up.
 */
export async function VerifyPayment(
  paymentId: string,
  gateway: PaymentGateway,
  { orders, publish, user, token }: PaymentDeps & { readonly user: User; readonly token: string },
): Promise<PaymentStatus> {
  requirePossible(paymentId);
  if (user.role !== 'admin') await orders.requirePayment(paymentId, token);
  const payment = await gateway.getPaymentWithRefunds(paymentId);
  if (user.role !== 'admin' && payment.metadata.customerId !== user.id) throw problem('payment-not-found');
  await publish(payment);
  return payment.status;
}

/** What Stripe says of a payment now, for a service that was told of it. A refund that Stripe refused to make is none. */
export async function readPaymentFacts(
  paymentId: string,
  gateway: PaymentGateway,
  { allRefunds }: { readonly allRefunds: boolean },
): Promise<PaymentFacts> {
  const read = allRefunds ? gateway.getPaymentWithRefunds : gateway.getPayment;
  const { status, amount, currency, metadata, refunds = [] } = await read(paymentId);
  const made = refunds.flatMap(({ id, ...refund }) =>
    id === undefined ? [] : [{ id, amount: refund.amount, status: refund.status }],
  );
  return { paymentId, orderNumber: metadata.orderNumber, status, amount, currency, refunds: made };
}
