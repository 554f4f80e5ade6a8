import { readFileSync } from 'node:fs';
import { rulesOf } from '@shop/money';
import { type CatalogDatabase, withTransaction } from '../db/transaction.ts';
import { type NewProduct, noVariant } from '../domain/product.ts';
import { addProducts } from '../services/import.service.ts';

/** Where a storefront on this machine draws them. */
export const localPicturesUrl = 'http://localhost:3000/pictures';

type Variant = Omit<NewProduct, 'currency' | 'imageUrl'>;

/** What variants have in common stands there once. */
type DemoProduct = Variant & { readonly variants?: readonly Partial<Variant>[] };

/** The products of `products.json`. They were made up for the demo. */
export function demoProducts(currency: string, picturesUrl = localPicturesUrl): NewProduct[] {
  const json = readFileSync(new URL('./products.json', import.meta.url), 'utf8');
  const products: DemoProduct[] = JSON.parse(json);
  // No fractions in currencies that have none.
  const step = rulesOf(currency)?.step ?? 1;
  return products
    .flatMap(({ variants = [{}], ...common }) => variants.map((variant) => ({ ...common, ...variant })))
    .map((product) => {
      const price = product.price - (product.price % step);
      const [category, name] = [product.category ?? '', product.name].map(pathSegment);
      const imageUrl = `${picturesUrl}/${category}/${name}.svg`;
      return { ...noVariant, ...product, price, currency, imageUrl };
    });
}

const pathSegment = (text: string) =>
  text
    .toLowerCase()
    .match(/[a-z0-9]+/g)
    ?.join('-');

/** Fills an empty catalog with the demo products, once, even when several instances start at the same time. */
export async function seedDemoProducts(
  {
    defaultCurrency,
    demoPicturesUrl,
  }: { readonly defaultCurrency: string; readonly demoPicturesUrl: string },
  db: CatalogDatabase,
): Promise<void> {
  await withTransaction(db, async (tx) => {
    await tx.sql(`SELECT pg_advisory_xact_lock(hashtextextended('catalog seed', 0))::text`, []);
    if (!(await tx.products.isEmpty())) return;
    await addProducts(demoProducts(defaultCurrency, demoPicturesUrl), tx);
  });
}
