import type { NewProduct } from '../domain/product.ts';
import type { DemoRow } from './demo-row.ts';
import { electronics, kitchen, office } from './indoor-products.ts';
import { books, toys } from './leisure-products.ts';
import { clothing, home, outdoor } from './living-products.ts';

const shelves: Readonly<Record<string, readonly DemoRow[]>> = {
  Electronics: electronics,
  Kitchen: kitchen,
  Office: office,
  Clothing: clothing,
  Home: home,
  Outdoor: outdoor,
  Books: books,
  Toys: toys,
};

/** What the demo shop sells. Written for it; no image is fetched from anywhere. */
export function demoProducts(currency: string): NewProduct[] {
  return Object.entries(shelves).flatMap(([category, rows]) =>
    rows.map(([name, price, stock, tags, description]) => ({
      name,
      description,
      price,
      currency,
      stock,
      category,
      tags: tags.split(' '),
      imageUrl: null,
    })),
  );
}
