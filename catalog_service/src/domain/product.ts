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
