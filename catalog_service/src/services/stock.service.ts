import type { EventData } from '@shop/contracts';
import type { StockTransaction } from '../db/transaction.ts';
import { productUpserted, stockRejected, stockReserved } from '../domain/events.ts';
import { findShortages, mergeLines } from '../domain/stock.ts';

/** Takes all lines of an order from stock or none of them, and answers the order. */
export async function reserveStock(
  eventId: string,
  order: EventData<'CREATE_ORDER'>,
  tx: StockTransaction,
): Promise<void> {
  const { orderNumber } = order;
  const lines = mergeLines(order.orderItems);
  const { isFirst, isNew, stock } = await tx.stock.open(eventId, orderNumber, 'reserved', lines);
  if (!isFirst) return;
  if (!isNew) return answerAgain(orderNumber, tx);
  const shortages = findShortages(lines, stock);
  if (shortages.length > 0) {
    await tx.stock.decide(orderNumber, 'rejected', shortages);
    return tx.addEvents([stockRejected(orderNumber, shortages)]);
  }
  const taken = lines.map(({ productId, qty }) => ({ productId, delta: -qty }));
  const changed = await tx.stock.move(taken, 'order', orderNumber);
  await tx.addEvents([...changed.map(productUpserted), stockReserved(orderNumber)]);
}

async function answerAgain(orderNumber: string, tx: StockTransaction): Promise<void> {
  const { state, shortages } = await tx.stock.lock(orderNumber);
  if (state === 'reserved') await tx.addEvents([stockReserved(orderNumber)]);
  if (state === 'rejected') await tx.addEvents([stockRejected(orderNumber, shortages)]);
}

/**
 * Puts an order's stock back, of deleted products too. An order that is not known yet is marked as released, so
 * that its stock is not taken when it arrives after its cancellation.
 */
export async function releaseStock(
  eventId: string,
  orderNumber: string,
  tx: StockTransaction,
): Promise<void> {
  const { isFirst, isNew } = await tx.stock.open(eventId, orderNumber, 'released', []);
  if (!isFirst || isNew) return;
  const { state, lines } = await tx.stock.lock(orderNumber);
  if (state !== 'reserved') return;
  await tx.stock.decide(orderNumber, 'released');
  const returned = lines.map(({ productId, qty }) => ({ productId, delta: qty }));
  const changed = await tx.stock.move(returned, 'order-cancelled', orderNumber);
  await tx.addEvents(changed.map(productUpserted));
}
