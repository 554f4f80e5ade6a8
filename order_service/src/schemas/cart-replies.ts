import { fields } from '@shop/contracts';
import type { FromSchema } from 'json-schema-to-ts';

const text = { type: 'string' } as const;

const line = {
  id: { ...fields.id, description: 'Of this line: `/cart/{lineItemId}`.' },
  productId: fields.id,
  name: text,
  price: { ...fields.amount, description: 'Of one piece, when it was put into the cart.' },
  currency: fields.currency,
  qty: fields.quantity,
} as const;
const lineMembers = ['id', 'productId', 'name', 'price', 'currency', 'qty'] as const;
const lineExample = { id: 12, productId: 7, name: 'Lamp', price: 4550, currency: 'usd', qty: 2 } as const;

export const cartLineSchema = {
  type: 'object',
  properties: line,
  required: lineMembers,
  additionalProperties: false,
  examples: [lineExample],
} as const;

export const liveCartLineSchema = {
  type: 'object',
  description: 'A line of the cart with what catalog_service says of its product right now.',
  properties: {
    ...line,
    availability: {
      type: 'string',
      enum: ['available', 'insufficient', 'unavailable'],
      description:
        '`insufficient`: less in stock than the line asks for. `unavailable`: no longer for sale. An order needs ' +
        'every line to be `available`.',
    },
    available: { ...fields.stock, description: 'Pieces in stock now.' },
    priceChanged: { type: 'boolean', description: 'Today’s price is not the one in the cart any more.' },
    currentPrice: {
      type: ['integer', 'null'],
      minimum: 0,
      description: 'Today’s price of one piece; null when the product is no longer for sale.',
    },
  },
  required: [...lineMembers, 'availability', 'available', 'priceChanged', 'currentPrice'],
  additionalProperties: false,
} as const;
export type LiveCartLine = FromSchema<typeof liveCartLineSchema>;

export const cartSchema = {
  type: 'object',
  properties: {
    lines: {
      type: 'array',
      items: liveCartLineSchema,
      description: 'In the order in which they were added.',
    },
    amount: {
      type: ['integer', 'null'],
      minimum: 0,
      description: 'What is for sale, at today’s prices; null while the cart mixes currencies.',
    },
    currency: { type: ['string', 'null'], description: 'Null for an empty cart, and while it mixes them.' },
  },
  required: ['lines', 'amount', 'currency'],
  additionalProperties: false,
  examples: [
    {
      lines: [
        { ...lineExample, availability: 'available', available: 7, priceChanged: true, currentPrice: 4950 },
      ],
      amount: 9900,
      currency: 'usd',
    },
  ],
} as const;
export type CartView = FromSchema<typeof cartSchema>;
