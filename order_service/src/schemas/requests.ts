import { fields, orderStatuses } from '@shop/contracts';
import type { FromSchema } from 'json-schema-to-ts';

// What ajv checks, and what the OpenAPI document shows: each is written here once.

export const cartItemSchema = {
  type: 'object',
  description: 'So many pieces of a product.',
  properties: {
    productId: { ...fields.id, description: 'A product of catalog_service.' },
    qty: { ...fields.quantity, description: 'Added to what the cart holds of it already.' },
  },
  required: ['productId', 'qty'],
  additionalProperties: false,
  examples: [{ productId: 7, qty: 2 }],
} as const;
export type CartItem = FromSchema<typeof cartItemSchema>;

export const cartChangeSchema = {
  type: 'object',
  description: 'The new quantity of a line.',
  properties: { qty: { ...fields.quantity, description: 'In place of the present one.' } },
  required: ['qty'],
  additionalProperties: false,
  examples: [{ qty: 3 }],
} as const;
export type CartChange = FromSchema<typeof cartChangeSchema>;

export const lineParamsSchema = {
  type: 'object',
  properties: { lineItemId: fields.id },
  required: ['lineItemId'],
} as const;
export type LineParams = FromSchema<typeof lineParamsSchema>;

export const orderRequestSchema = {
  type: 'object',
  description: 'The total that the customer agreed to. It may be left out, and so may the whole body.',
  properties: { amount: fields.amount, currency: fields.currency },
  dependentRequired: { currency: ['amount'] },
  additionalProperties: false,
  examples: [{ amount: 19000, currency: 'usd' }],
} as const;
export type OrderRequest = FromSchema<typeof orderRequestSchema>;

export const idempotencyKeySchema = {
  type: 'string',
  pattern: '^[\\x21-\\x7e]{1,255}$',
  examples: ['8e03978e-40d5-43e8-bc93-6894a57f9324'],
} as const;

export const lastEventIdSchema = { type: 'string', pattern: '^[0-9]{1,15}$', examples: ['1042'] } as const;

const time = { type: 'string', format: 'date-time' } as const;

export const orderListSchema = {
  type: 'object',
  properties: {
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 20,
      description: 'How many orders at most.',
    },
    offset: {
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'How many to pass over. For more than a few pages `cursor` is faster, and misses none.',
    },
    cursor: {
      ...fields.orderNumber,
      description: '`nextCursor` of the page before, as it came. Not together with `offset`.',
    },
    status: { type: 'string', enum: orderStatuses, description: 'Only orders that are in this status now.' },
    from: {
      ...time,
      description: 'Only orders created at this time or later. Write a `+` in it as `%2B`.',
      examples: ['2026-11-01T00:00:00Z'],
    },
    to: { ...time, description: 'Only orders created before this time.', examples: ['2026-12-01T00:00:00Z'] },
    all: {
      type: 'string',
      enum: ['true', 'false'],
      default: 'false',
      description: 'Everybody’s orders instead of one’s own. For administrators.',
    },
    customerId: { ...fields.id, description: 'The orders of this customer. For administrators.' },
  },
  additionalProperties: false,
} as const;
export type OrderList = FromSchema<typeof orderListSchema>;
