import { fields, orderStatuses } from '@shop/contracts';
import type { FromSchema } from 'json-schema-to-ts';

export const cartItemSchema = {
  type: 'object',
  properties: { productId: fields.id, qty: fields.quantity },
  required: ['productId', 'qty'],
  additionalProperties: false,
} as const;
export type CartItem = FromSchema<typeof cartItemSchema>;

export const cartChangeSchema = {
  type: 'object',
  properties: { qty: fields.quantity },
  required: ['qty'],
  additionalProperties: false,
} as const;
export type CartChange = FromSchema<typeof cartChangeSchema>;

export const lineParamsSchema = {
  type: 'object',
  properties: { lineItemId: fields.id },
  required: ['lineItemId'],
} as const;
export type LineParams = FromSchema<typeof lineParamsSchema>;

/** The total that the customer agreed to; the whole body may be left out. */
export const orderRequestSchema = {
  type: 'object',
  properties: { amount: fields.amount, currency: fields.currency },
  dependentRequired: { currency: ['amount'] },
  additionalProperties: false,
} as const;
export type OrderRequest = FromSchema<typeof orderRequestSchema>;

export const orderListSchema = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
    offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0 },
    status: { type: 'string', enum: orderStatuses },
    all: { type: 'string', enum: ['true', 'false'], default: 'false' },
  },
  additionalProperties: false,
} as const;
export type OrderList = FromSchema<typeof orderListSchema>;
