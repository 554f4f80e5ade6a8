import type { NewOrder } from '../db/order.repository.ts';
import type { Statement, Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';

interface OrderStatement<T> {
  readonly at: Statement;
  /** Makes the order, and adds the event. */
  readonly insert: (event: string) => Promise<T>;
}

/** Publishes on CatalogEvents that a new order wants its stock, with the statement that makes the order. */
export function SendCreateOrderMessage<T>(data: NewOrder, { at, insert }: OrderStatement<T>): Promise<T> {
  const { orderNumber, customerId, amount, currency, items } = data;
  const orderItems = items.map(({ productId, itemName, qty, price }) => ({
    productId,
    itemName,
    qty,
    price,
  }));
  const order = {
    orderNumber,
    customerId,
    amount,
    currency,
    orderItems,
    status: 'pending',
    txnId: null,
  } as const;
  return at.withEvent({ type: 'CREATE_ORDER', key: orderNumber, data: order }, insert);
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
        const { type, reason, lines } = command;
        return { type, key, data: { orderNumber, reason, ...(lines && { lines }) } };
      }
      const { type, paymentId, reason, refund } = command;
      return { type, key, data: { orderNumber, paymentId, reason, ...refund } };
    }),
  );
}
