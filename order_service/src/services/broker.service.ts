import type { EventData } from '@shop/contracts';
import type { Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';

/** Says on CatalogEvents, when the transaction commits, that an order wants its stock. */
export async function SendCreateOrderMessage(
  data: EventData<'CREATE_ORDER'>,
  tx: Transaction,
): Promise<void> {
  await tx.addEvent({ type: 'CREATE_ORDER', key: data.orderNumber, data });
}

/** Sends what follows from a change of status, when the transaction commits. */
export async function SendCommand(orderNumber: string, command: Command, tx: Transaction): Promise<void> {
  if (command.type === 'CANCEL_ORDER') {
    const { type, reason } = command;
    await tx.addEvent({ type, key: orderNumber, data: { orderNumber, reason } });
  } else {
    const { type, paymentId, reason } = command;
    await tx.addEvent({ type, key: orderNumber, data: { orderNumber, paymentId, reason } });
  }
}

/** Asks payment_service to say again how a payment stands. */
export async function SendCheckPaymentMessage(
  orderNumber: string,
  paymentId: string,
  tx: Transaction,
): Promise<void> {
  const data = { orderNumber, paymentId, reason: 'no news of this payment yet' };
  await tx.addEvent({ type: 'CHECK_PAYMENT', key: orderNumber, data });
}
