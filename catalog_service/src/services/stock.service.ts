import type { EventData } from '@shop/contracts';
import type { CatalogTransaction } from '../db/transaction.ts';
import { productUpserted, stockRejected, stockReserved } from '../domain/events.ts';
import { findShortages, mergeLines } from '../domain/stock.ts';

/** Takes all lines of an order from stock or none of them, and answers the order. */
export async function reserveStock(order: EventData<'CREATE_ORDER'>, tx: CatalogTransaction): Promise<void> {
  const { orderNumber } = order;
  const lines = mergeLines(order.orderItems);
  // The order's row comes first: a second delivery waits for it here, and then finds what was decided.
  if (!(await tx.reservations.open(orderNumber, 'reserved', lines))) return answerAgain(orderNumber, tx);
  const stock = await tx.products.lockStock(lines.map((line) => line.productId));
  const shortages = findShortages(lines, stock);
  if (shortages.length > 0) {
    await tx.reservations.reject(orderNumber, shortages);
    return tx.addEvents([stockRejected(orderNumber, shortages)]);
  }
  const taken = lines.map(({ productId, qty }) => ({ productId, delta: -qty }));
  const changed = await tx.products.moveStock(taken, 'order', orderNumber);
  await tx.addEvents([...changed.map(productUpserted), stockReserved(orderNumber)]);
}

async function answerAgain(orderNumber: string, tx: CatalogTransaction): Promise<void> {
  const { state, shortages } = await tx.reservations.lock(orderNumber);
  if (state === 'reserved') await tx.addEvents([stockReserved(orderNumber)]);
  if (state === 'rejected') await tx.addEvents([stockRejected(orderNumber, shortages)]);
}

/**
 * Puts an order's stock back, of deleted products too. An order that is not known yet is marked as released, so
 * that its stock is not taken when it arrives after its cancellation.
 */
export async function releaseStock(orderNumber: string, tx: CatalogTransaction): Promise<void> {
  if (await tx.reservations.open(orderNumber, 'released', [])) return;
  const { state, lines } = await tx.reservations.lock(orderNumber);
  if (state !== 'reserved') return;
  await tx.reservations.release(orderNumber);
  await tx.products.lockStock(lines.map((line) => line.productId));
  const returned = lines.map(({ productId, qty }) => ({ productId, delta: qty }));
  const changed = await tx.products.moveStock(returned, 'order-cancelled', orderNumber);
  await tx.addEvents(changed.map(productUpserted));
}
