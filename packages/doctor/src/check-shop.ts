import type { DeadLetters } from '@shop/messaging';
import { checkEvents } from './checks/events.ts';
import { checkOrders } from './checks/orders.ts';
import { checkProducts } from './checks/products.ts';
import { checkPromises } from './checks/promises.ts';
import { withReader } from './database.ts';
import { createPayments, type StripeAccount } from './payments.ts';
import { createNotes, type Report } from './report.ts';

export interface CheckOptions {
  /** Of a role that may read the schemas `catalog` and `orders`. */
  readonly databaseUrl: string;
  /** Without it only the history of an order says what was paid. */
  readonly stripe?: StripeAccount | undefined;
  /** Where events that could not be handled are; without it they count as missing. Closed by the caller. */
  readonly deadLetters?: DeadLetters | undefined;
  /** Orders and events of so many seconds are looked at; a week unless told. Open orders are, whatever their age. */
  readonly sinceSeconds?: number;
  /** What has changed within so many seconds is under way, and not judged; a minute unless told. */
  readonly settleSeconds?: number;
  readonly onProgress?: (checked: Report['checked']) => void;
}

const week = 7 * 86_400;

/**
 * Looks for whatever contradicts what docs/reliability.md says must hold. Changes nothing, and reads in pages, each
 * within half a minute.
 * @throws Error when something that was named cannot be read
 */
export async function checkShop(options: CheckOptions): Promise<Report> {
  const { databaseUrl, stripe, deadLetters, sinceSeconds = week, settleSeconds = 60, onProgress } = options;
  const windows = { sinceSeconds, settleSeconds };
  const notes = createNotes(1_000, onProgress);
  const payments = stripe && createPayments(stripe);
  if (payments === undefined) notes.notChecked('Stripe');
  await withReader(databaseUrl, async (read) => {
    await checkProducts(read, notes);
    await checkOrders({ read, windows, payments, notes });
    await checkPromises(read, windows, notes);
    await checkEvents(read, windows, deadLetters, notes);
  });
  return notes.report();
}
