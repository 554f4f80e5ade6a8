import type { Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';
import type { OrderView } from './order-view.ts';

/** Publishes on CatalogEvents, when the transaction commits, that an order wants its stock. */
export async function SendCreateOrderMessage(data: OrderView, tx: Transaction): Promise<void> {
  const { orderNumber, customerId, amount, currency, status, paymentId: txnId, items } = data;
  const message = { orderNumber, customerId, amount, currency, status, txnId, orderItems: [...items] };
  await tx.addEvent({ type: 'CREATE_ORDER', key: orderNumber, data: message });
}

/** Asks catalog_service or payment_service to do something, when the transaction commits. */
export async function sendCommand(orderNumber: string, command: Command, tx: Transaction): Promise<void> {
  const key = orderNumber;
  if (command.type === 'CANCEL_ORDER') {
    const { type, reason } = command;
    await tx.addEvent({ type, key, data: { orderNumber, reason } });
  } else {
    const { type, paymentId, reason } = command;
    await tx.addEvent({ type, key, data: { orderNumber, paymentId, reason } });
  }
}
