import type { RunTransaction } from '../db/transaction.ts';
import { productUpserted } from '../domain/events.ts';
import { demoProducts } from './demo-products.ts';

/** Fills an empty catalog with the demo products, once, however many instances start at the same moment. */
export async function seedProducts(currency: string, transaction: RunTransaction): Promise<void> {
  await transaction(async (tx) => {
    await tx.sql(`SELECT pg_advisory_xact_lock(hashtextextended('catalog seed', 0))::text`, []);
    if (!(await tx.products.isEmpty())) return;
    const products = await tx.products.create(demoProducts(currency));
    await tx.addEvents(products.map(productUpserted));
  });
}
