import type { FromSchema } from 'json-schema-to-ts';
import { id, object, stock } from './fields.ts';

/** A product of which an order wants more than there is: its form in `STOCK_REJECTED`. */
export const shortageSchema = object(
  {
    productId: id,
    // Lines of one product are added up, so this may be more than one line may hold.
    requested: { type: 'integer', minimum: 1 },
    available: stock,
  },
  ['productId', 'requested', 'available'],
);

export type Shortage = FromSchema<typeof shortageSchema>;
