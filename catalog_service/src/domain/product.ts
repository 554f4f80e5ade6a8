import { priceFault } from '@shop/money';
import { problem } from '../problems.ts';

/** What an administrator writes. Stock is separate, because every change of it is a movement. */
export interface ProductContent {
  readonly name: string;
  readonly description: string;
  /** Minor units (cents) of `currency`. */
  readonly price: number;
  /** ISO 4217, lower case. */
  readonly currency: string;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly imageUrl: string | null;
}

export interface NewProduct extends ProductContent {
  readonly stock: number;
}

export interface Product extends NewProduct {
  readonly id: number;
  /** Rises with the content: what If-Match checks. */
  readonly revision: number;
  /** Rises with the content and with the stock: what search and events carry. */
  readonly version: number;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The fields of `wanted` that differ from the product. */
export function changedContent(product: Product, wanted: Partial<ProductContent>): Partial<ProductContent> {
  const isNew = ([field, value]: [string, unknown]) =>
    value !== undefined && JSON.stringify(value) !== JSON.stringify(product[field as keyof ProductContent]);
  return Object.fromEntries(Object.entries(wanted).filter(isNew));
}

/**
 * A price that its currency cannot have could not be paid, whatever the quantity.
 * @throws Problem `validation-failed`
 */
export function requirePrice({ price, currency }: Pick<ProductContent, 'price' | 'currency'>): void {
  const fault = priceFault(price, currency);
  if (fault === undefined) return;
  const { field, message } = fault;
  const given = field === 'price' ? price : currency;
  throw problem('validation-failed', { errors: [{ field, message: `${message} (given: ${given})` }] });
}
