import type { Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';
import type { OrderView } from './order-view.ts';

/** Publishes on CatalogEvents, when the transaction commits, that an order wants its stock. */
export async function SendCreateOrderMessage(data: OrderView, tx: Transaction): Promise<void> {
  const { orderNumber, customerId, amount, currency, status, paymentId: txnId, items } = data;
  const orderItems = items.map(({ productId, itemName, qty, price }) => ({
    productId,
    itemName,
    qty,
    price,
  }));
  const message = { orderNumber, customerId, amount, currency, status, txnId, orderItems };
  await tx.addEvents([{ type: 'CREATE_ORDER', key: orderNumber, data: message }]);
}

/** Asks catalog_service or payment_service to do something, when the transaction commits. */
export async function sendCommands(
  orderNumber: string,
  commands: readonly Command[],
  tx: Transaction,
): Promise<void> {
  await tx.addEvents(
    commands.map((command) => {
      const key = orderNumber;
      if (command.type === 'CANCEL_ORDER') {
        const { type, reason } = command;
        return { type, key, data: { orderNumber, reason } };
      }
      const { type, paymentId, reason } = command;
      return { type, key, data: { orderNumber, paymentId, reason } };
    }),
  );
}
