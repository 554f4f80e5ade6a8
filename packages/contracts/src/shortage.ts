import type { FromSchema } from 'json-schema-to-ts';
import { id, stock } from './fields.ts';

/** A product of which an order wants more than there is: its form in `STOCK_REJECTED`. */
export const shortageSchema = {
  type: 'object',
  properties: {
    productId: id,
    // Lines of one product are added up, so this may be more than one line may hold.
    requested: { type: 'integer', minimum: 1 },
    available: stock,
  },
  required: ['productId', 'requested', 'available'],
  additionalProperties: true,
} as const;

export type Shortage = FromSchema<typeof shortageSchema>;
