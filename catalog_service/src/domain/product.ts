import { isDeepStrictEqual } from 'node:util';
import { priceFault } from '@shop/money';
import { problem } from '../problems.ts';

/** A picture or another file of a product. */
export type Medium = {
  readonly url: string;
  /** What stands for it where it is not seen; may be empty. */
  readonly alt: string;
};

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
  /** The merchant's own name for it: no other product on sale has it. */
  readonly sku: string | null;
  /** Products of one group are variants of one thing. */
  readonly groupId: string | null;
  /** What tells variants apart: of a name (`size`) a value. */
  readonly options: Readonly<Record<string, string>>;
  readonly media: readonly Medium[];
}

/** The content of a product that is no variant, and has neither SKU nor media. */
export const noVariant: Pick<ProductContent, 'sku' | 'groupId' | 'options' | 'media'> = {
  sku: null,
  groupId: null,
  options: {},
  media: [],
};

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

/**
 * A product after a change of its content, its count, or both; undefined when nothing of it is new.
 * @throws Problem `validation-failed` for a price that its currency cannot have
 */
export function changeOf(
  product: Product,
  wanted: Partial<ProductContent>,
  stock: number,
): Product | undefined {
  const content = changedContent(product, wanted);
  const hasNewContent = Object.keys(content).length > 0;
  if (!hasNewContent && stock === product.stock) return undefined;
  // Not when neither is changed: the product may be older than the rule.
  if (content.price !== undefined || content.currency !== undefined) requirePrice({ ...product, ...content });
  const revision = product.revision + (hasNewContent ? 1 : 0);
  return { ...product, ...content, stock, revision, version: product.version + 1 };
}

/** What a new count of a product's stock adds or takes. */
export interface Adjustment {
  readonly productId: number;
  readonly delta: number;
  /** The product's after it. */
  readonly version: number;
}

/** None when the count is the same. */
export function adjustmentsOf(before: Product, after: Product): Adjustment[] {
  const delta = after.stock - before.stock;
  return delta === 0 ? [] : [{ productId: after.id, delta, version: after.version }];
}

/** The fields of `wanted` that differ from the product. */
export function changedContent(product: Product, wanted: Partial<ProductContent>): Partial<ProductContent> {
  const isNew = ([field, value]: [string, unknown]) =>
    value !== undefined && !isDeepStrictEqual(value, product[field as keyof ProductContent]);
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
