import type { EventData } from '@shop/contracts';
import type { Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';

/** Publishes on CatalogEvents, when the transaction commits, that an order wants its stock. */
export async function SendCreateOrderMessage(
  data: EventData<'CREATE_ORDER'>,
  tx: Transaction,
): Promise<void> {
  await tx.addEvent({ type: 'CREATE_ORDER', key: data.orderNumber, data });
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
