import type { FromSchema } from 'json-schema-to-ts';
import { amount, currency, id, object, orderNumber, stock } from './fields.ts';
import { orderStatuses, paymentStatuses, refundStatuses } from './orders.ts';

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

/** An address as Stripe has it, and who is found there. */
export interface ShippingAddress {
  readonly name: string;
  readonly phone?: string;
  readonly address: {
    readonly line1: string;
    readonly line2?: string;
    readonly city?: string;
    readonly state?: string;
    readonly postalCode?: string;
    readonly country: string;
  };
}

/**
 * Reply of order's `POST /guests/forget`: those who have no orders, and of whom it has kept nothing; and of
 * `POST /customers/forget`: those who have no open orders, and whose orders do not say any more who they are.
 */
export const forgottenSchema = object({ ids: { type: 'array', items: id } }, ['ids']);

export type Forgotten = FromSchema<typeof forgottenSchema>;

/** Reply of order's `GET /customers/:id/open-orders`. */
export const openOrdersSchema = object({ orderNumbers: { type: 'array', items: orderNumber } }, [
  'orderNumbers',
]);

export type OpenOrders = FromSchema<typeof openOrdersSchema>;

/** What user_service reads of order's `GET /orders`: a page, of orders that it passes on as they are. */
export const orderPageSchema = object(
  {
    items: { type: 'array', items: { type: 'object' } },
    nextCursor: { type: ['string', 'null'] },
  },
  ['items', 'nextCursor'],
);

export type OrderPage = FromSchema<typeof orderPageSchema>;

/** Reply of payment's `GET /payments/:id`: what Stripe says of a payment, by which order_service judges news of it. */
export const paymentFactsSchema = object(
  {
    paymentId: { type: 'string' },
    orderNumber,
    status: { type: 'string', enum: paymentStatuses },
    amount,
    currency,
    refunds: {
      type: 'array',
      items: object({ id: { type: 'string' }, amount, status: { type: 'string', enum: refundStatuses } }, [
        'id',
        'amount',
        'status',
      ]),
    },
  },
  ['paymentId', 'orderNumber', 'status', 'amount', 'currency', 'refunds'],
);

export type PaymentFacts = FromSchema<typeof paymentFactsSchema>;

export const roles = ['guest', 'customer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The claims of an access token (RFC 7519), as user_service signs and every service reads them. */
export interface Claims {
  readonly id: number;
  /** None of a guest. */
  readonly email: string | null;
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
