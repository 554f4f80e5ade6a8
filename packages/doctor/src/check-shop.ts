import { checkDocuments } from './checks/documents.ts';
import { checkEvents } from './checks/events.ts';
import { checkOrders } from './checks/orders.ts';
import { checkProducts } from './checks/products.ts';
import { checkPromises } from './checks/promises.ts';
import { checkTopics } from './checks/topics.ts';
import { withReader } from './database.ts';
import { createPayments } from './payments.ts';
import { createNotes, type Report } from './report.ts';
import type { Shop } from './shop.ts';

/** Which times a run looks at, by the database's own clock. */
export interface CheckWindows {
  /** Orders and events of so many seconds; a week unless told. Open orders are looked at whatever their age. */
  readonly sinceSeconds?: number;
  /** What has changed within so many seconds is under way, and not judged; a minute unless told. */
  readonly settleSeconds?: number;
  readonly onProgress?: (checked: Report['checked']) => void;
}

const week = 7 * 86_400;
const mostFindings = 1_000;

/**
 * Looks for whatever contradicts what docs/reliability.md says must hold. Changes nothing, and reads in pages, each
 * within half a minute.
 * @throws Error when something that the shop is said to have cannot be read
 */
export async function checkShop(shop: Shop, given: CheckWindows = {}): Promise<Report> {
  const { databaseUrl, stripe, kafka, search } = shop;
  const { sinceSeconds = week, settleSeconds = 60, onProgress } = given;
  const windows = { sinceSeconds, settleSeconds };
  const notes = createNotes(mostFindings, onProgress);
  if (stripe === undefined) notes.notChecked('Stripe');
  const payments = stripe && createPayments(stripe);
  await withReader(databaseUrl, async (read) => {
    await checkProducts(read, notes);
    await checkOrders({ read, windows, payments, notes });
    await checkPromises(read, windows, notes);
    await checkEvents(read, windows, shop, notes);
    if (search !== undefined) await checkDocuments(read, search, windows, notes);
  });
  if (kafka !== undefined) await checkTopics(kafka, search !== undefined, windows, notes);
  return notes.report();
}
