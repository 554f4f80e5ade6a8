import { cancelReasons, checkoutReplySchema, fields, orderStatuses } from '@shop/contracts';
import type { FromSchema } from 'json-schema-to-ts';
import { historyCauses } from '../domain/order-status.ts';
import { causeMeanings, list, reasonMeanings, statusMeanings } from './meanings.ts';

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;

const orderItemSchema = {
  type: 'object',
  properties: { productId: fields.id, itemName: text, qty: fields.quantity, price: fields.amount },
  required: ['productId', 'itemName', 'qty', 'price'],
  additionalProperties: false,
} as const;

const order = {
  orderNumber: fields.orderNumber,
  customerId: fields.id,
  status: { type: 'string', enum: orderStatuses, description: list(statusMeanings) },
  reason: {
    type: ['string', 'null'],
    enum: [...cancelReasons, null],
    description: `Why it was cancelled; null unless it was.\n${list(reasonMeanings)}`,
  },
  amount: { ...fields.amount, description: 'What the order costs, in minor units.' },
  currency: fields.currency,
  paymentId: { type: ['string', 'null'], description: 'The payment that it is, or is to be, paid by.' },
  items: { type: 'array', items: orderItemSchema, description: 'At the prices of the moment of the order.' },
  createdAt: time,
  updatedAt: { ...time, description: 'When its status, reason or payment last changed.' },
} as const;
const orderMembers = [
  ...(['orderNumber', 'customerId', 'status', 'reason', 'amount', 'currency'] as const),
  ...(['paymentId', 'items', 'createdAt', 'updatedAt'] as const),
] as const;
const orderExample = {
  orderNumber: '3F9A1C7700B2D4E65A81',
  customerId: 42,
  status: 'pending',
  reason: null,
  amount: 9100,
  currency: 'usd',
  paymentId: null,
  items: [{ productId: 7, itemName: 'Lamp', qty: 2, price: 4550 }],
  createdAt: '2026-11-22T10:15:00.120Z',
  updatedAt: '2026-11-22T10:15:00.120Z',
} as const;

export const orderSchema = {
  type: 'object',
  properties: order,
  required: orderMembers,
  additionalProperties: false,
  examples: [orderExample],
} as const;
export type OrderView = FromSchema<typeof orderSchema>;

const shortageSchema = {
  type: 'object',
  properties: { productId: fields.id, requested: { type: 'integer', minimum: 1 }, available: fields.stock },
  required: ['productId', 'requested', 'available'],
  additionalProperties: true,
} as const;

export const historyDetailsSchema = {
  type: 'object',
  description: 'What there is to say of it; `cause` tells which members there are.',
  properties: {
    reason: { type: 'string', enum: cancelReasons, description: 'Why the order was cancelled by this.' },
    shortages: { type: 'array', items: shortageSchema, description: 'Of `stock-rejected`.' },
    paymentId: { ...text, description: 'Of every `payment-…`: which payment it is about.' },
    amount: { ...fields.amount, description: 'Of every `payment-…`: what that payment is for.' },
    currency: fields.currency,
  },
  additionalProperties: false,
} as const;
export type HistoryDetails = FromSchema<typeof historyDetailsSchema>;

const entryExamples = [
  { id: 1041, status: 'pending', cause: 'created', at: '2026-11-22T10:15:00.120Z' },
  { id: 1042, status: 'processing', cause: 'stock-reserved', at: '2026-11-22T10:15:00.480Z' },
] as const;

export const historyEntrySchema = {
  type: 'object',
  description: 'Something that happened to an order. Not every entry changes the status.',
  properties: {
    id: { type: 'integer', minimum: 1, description: 'Rises with time. `Last-Event-ID` of the live stream.' },
    status: { type: 'string', enum: orderStatuses, description: 'The order’s status from then on.' },
    cause: { type: 'string', enum: historyCauses, description: `What happened.\n${list(causeMeanings)}` },
    details: historyDetailsSchema,
    at: time,
  },
  required: ['id', 'status', 'cause', 'at'],
  additionalProperties: false,
  examples: [entryExamples[1]],
} as const;
export type HistoryEntryView = FromSchema<typeof historyEntrySchema>;

export const orderWithHistorySchema = {
  type: 'object',
  properties: {
    ...order,
    history: { type: 'array', items: historyEntrySchema, description: 'All that happened, oldest first.' },
  },
  required: [...orderMembers, 'history'],
  additionalProperties: false,
  examples: [{ ...orderExample, status: 'processing', history: entryExamples }],
} as const;
export type OrderWithHistoryView = FromSchema<typeof orderWithHistorySchema>;

export const orderCreatedSchema = {
  type: 'object',
  properties: { message: text, orderNumber: fields.orderNumber, order: orderSchema },
  required: ['message', 'orderNumber', 'order'],
  additionalProperties: false,
  examples: [{ message: 'Order created', orderNumber: orderExample.orderNumber, order: orderExample }],
} as const;

export const orderCancelledSchema = {
  type: 'object',
  properties: { message: text, order: orderWithHistorySchema },
  required: ['message', 'order'],
  additionalProperties: false,
} as const;

export const orderPageSchema = {
  type: 'object',
  properties: {
    items: { type: 'array', items: orderSchema, description: 'Newest first; without their history.' },
    total: { ...count, description: 'How many orders the filters let through, on all pages.' },
    limit: count,
    offset: count,
    nextCursor: {
      type: ['string', 'null'],
      description: 'Send it as `cursor` for the next page; null when this is the last.',
    },
  },
  required: ['items', 'total', 'limit', 'offset', 'nextCursor'],
  additionalProperties: false,
  examples: [{ items: [orderExample], total: 1, limit: 20, offset: 0, nextCursor: null }],
} as const;
export type OrderPage = FromSchema<typeof orderPageSchema>;

export const streamEndSchema = {
  type: 'object',
  description: 'The `data` of the last event of a stream, `end`.',
  properties: {
    reason: {
      type: 'string',
      enum: ['order-cancelled', 'token-expired', 'shutting-down'],
      description:
        '- `order-cancelled`: its status will not change again; do not come back\n' +
        '- `token-expired`: come back with a fresh token\n' +
        '- `shutting-down`: come back, another instance answers',
    },
  },
  required: ['reason'],
  additionalProperties: false,
} as const;
export type StreamEnd = FromSchema<typeof streamEndSchema>;

export const checkoutSchema = {
  ...checkoutReplySchema,
  examples: [
    {
      orderNumber: orderExample.orderNumber,
      amount: 9100,
      currency: 'usd',
      status: 'processing',
      customerId: 42,
      paymentId: null,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  ],
} as const;
