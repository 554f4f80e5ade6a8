import { readFileSync } from 'node:fs';
import { rulesOf } from '@shop/money';
import { type CatalogDatabase, withTransaction } from '../db/transaction.ts';
import type { NewProduct } from '../domain/product.ts';
import { addProducts } from '../services/import.service.ts';

/** The products of `products.json`. They were made up for the demo; no image is fetched from anywhere. */
export function demoProducts(currency: string): NewProduct[] {
  const json = readFileSync(new URL('./products.json', import.meta.url), 'utf8');
  const products: Omit<NewProduct, 'currency' | 'imageUrl'>[] = JSON.parse(json);
  // No fractions in currencies that have none.
  const step = rulesOf(currency)?.step ?? 1;
  const whole = (price: number) => price - (price % step);
  return products.map((product) => ({ ...product, price: whole(product.price), currency, imageUrl: null }));
}

/** Fills an empty catalog with the demo products, once, even when several instances start at the same time. */
export async function seedDemoProducts(currency: string, db: CatalogDatabase): Promise<void> {
  await withTransaction(db, async (tx) => {
    await tx.sql(`SELECT pg_advisory_xact_lock(hashtextextended('catalog seed', 0))::text`, []);
    if (!(await tx.products.isEmpty())) return;
    await addProducts(demoProducts(currency), tx);
  });
}
