import type { EventData } from '@shop/contracts';
import type { StockTransaction } from '../db/transaction.ts';
import { productUpserted, stockRejected, stockReserved } from '../domain/events.ts';
import { findShortages, mergeLines, type StockLine } from '../domain/stock.ts';

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
 * Puts an order's stock back, of deleted products too: the lines given, or all that the order still holds. An order that
 * is not known yet is marked as released, so that its stock is not taken when it arrives after its cancellation.
 */
export async function releaseStock(
  eventId: string,
  { orderNumber, lines }: EventData<'CANCEL_ORDER'>,
  tx: StockTransaction,
): Promise<void> {
  const { isFirst, isNew } = await tx.stock.open(eventId, orderNumber, 'released', []);
  if (!isFirst || isNew) return;
  const { state, lines: reserved } = await tx.stock.lock(orderNumber);
  if (state !== 'reserved') return;
  await tx.stock.decide(orderNumber, 'released');
  await putBack(lines ?? reserved, 'order-cancelled', orderNumber, tx);
}

/** Puts pieces of an order back that came back with a refund, once per refund. */
export async function returnStock(
  eventId: string,
  { orderNumber, refundId, lines }: EventData<'RETURN_STOCK'>,
  tx: StockTransaction,
): Promise<void> {
  if (!(await tx.stock.isFirst(eventId))) return;
  const { state } = await tx.stock.lock(orderNumber);
  if (state === 'rejected' || (await tx.stock.isReturned(refundId))) return;
  await putBack(lines, 'return', orderNumber, tx, refundId);
}

/** Never more than the order still holds: then it was told of its pieces twice, by an instance of the release before. */
async function putBack(
  lines: readonly StockLine[],
  reason: 'order-cancelled' | 'return',
  orderNumber: string,
  tx: StockTransaction,
  refundId?: string,
): Promise<void> {
  const held = await tx.stock.heldBy(orderNumber);
  const returned = mergeLines(lines)
    .map(({ productId, qty }) => ({ productId, delta: Math.min(qty, held.get(productId) ?? 0) }))
    .filter(({ delta }) => delta > 0);
  const changed = await tx.stock.move(returned, reason, orderNumber, refundId);
  await tx.addEvents(changed.map(productUpserted));
}
