import { currencies, largestAmount } from '@shop/money';
import type { JSONSchema } from 'json-schema-to-ts';

/** The building blocks that event and HTTP schemas share, so that a rule such as "a price" is said once. */

/** Ids of users, products and cart lines: positive, and within PostgreSQL's `integer`. */
export const id = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const;

/** An unguessable order number. */
export const orderNumber = { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' } as const;

/** Money in minor units (cents), never a fraction. The upper bound is that of Stripe's currency with the most digits. */
export const amount = { type: 'integer', minimum: 0, maximum: largestAmount } as const;

/** ISO 4217 in lower case, as Stripe writes it. */
export const currency = { type: 'string', pattern: '^[a-z]{3}$' } as const;

/** One that can be charged. What was made before may have another {@link currency}. */
export const knownCurrency = { type: 'string', enum: currencies } as const;

/** How many pieces of a product one line may hold. */
export const quantity = { type: 'integer', minimum: 1, maximum: 10_000 } as const;

/** A count of pieces in stock, within PostgreSQL's `integer`. */
export const stock = { type: 'integer', minimum: 0, maximum: 2_147_483_647 } as const;

/** A count that an administrator may set: cancelled orders can add to it and stay within {@link stock}. */
export const newStock = { ...stock, maximum: 1_000_000_000 } as const;

/** Text that PostgreSQL can store: no NUL and no half of a surrogate pair. */
export const text = { type: 'string', pattern: '^[^\\u0000\\ud800-\\udfff]*$' } as const;

/** Unknown properties are allowed, so that a sender may add one before its readers know it. */
export function object<const P extends Record<string, JSONSchema>, const R extends readonly (keyof P)[]>(
  properties: P,
  required: R,
) {
  return { type: 'object', properties, required, additionalProperties: true } as const;
}
