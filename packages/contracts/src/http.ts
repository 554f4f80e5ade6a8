import type { FromSchema } from 'json-schema-to-ts';
import { amount, currency, id, object, orderNumber, stock } from './fields.ts';
import { orderStatuses } from './orders.ts';

/** Reply of catalog's `POST /products/stock`: the products found, in the order asked, and the ids that are not there. */
export const stockReplySchema = object(
  {
    items: {
      type: 'array',
      // The image is not required: a catalog_service of the release before does not tell it.
      items: object(
        {
          id,
          name: { type: 'string' },
          price: amount,
          currency,
          stock,
          imageUrl: { type: ['string', 'null'] },
        },
        ['id', 'name', 'price', 'currency', 'stock'],
      ),
    },
    missing: { type: 'array', items: id },
  },
  ['items', 'missing'],
);

export type StockReply = FromSchema<typeof stockReplySchema>;
export type StockItem = StockReply['items'][number];

/** Reply of order's `GET /orders/:orderNumber/checkout`: all that payment_service needs to ask for the money. */
export const checkoutReplySchema = object(
  {
    orderNumber,
    amount,
    currency,
    status: { type: 'string', enum: orderStatuses },
    customerId: id,
    paymentId: { type: ['string', 'null'] },
    traceparent: { type: ['string', 'null'] },
  },
  ['orderNumber', 'amount', 'currency', 'status', 'customerId', 'paymentId'],
);

export type CheckoutReply = FromSchema<typeof checkoutReplySchema>;

export const roles = ['customer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The claims of an access token (RFC 7519), as user_service signs and every service reads them. */
export interface Claims {
  readonly id: number;
  readonly email: string;
  readonly role: Role;
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
  readonly aud: string;
}

/** The services that know something of an order. */
export const timelineServices = ['order_service', 'catalog_service', 'payment_service'] as const;

export const timelineKinds = [
  'history',
  'event-added',
  'event-handled',
  'reservation',
  'stock',
  'payment',
  'charge',
  'refund',
  'webhook',
] as const;

/** Reply of each service's `GET /timeline/:orderNumber`: what it knows of an order. */
export const timelinePartSchema = object(
  {
    items: {
      type: 'array',
      items: object(
        {
          /** RFC 3339 UTC. */
          at: { type: 'string', format: 'date-time' },
          service: { type: 'string', enum: timelineServices },
          kind: { type: 'string', enum: timelineKinds },
          /** For people. */
          what: { type: 'string' },
          eventId: { type: 'string' },
          traceId: { type: 'string' },
        },
        ['at', 'service', 'kind', 'what'],
      ),
    },
  },
  ['items'],
);

export type TimelinePart = FromSchema<typeof timelinePartSchema>;
export type TimelineEntry = TimelinePart['items'][number];
