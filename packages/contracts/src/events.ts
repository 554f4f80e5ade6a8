import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { amount, currency, id, object, orderNumber, quantity, stock, text } from './fields.ts';
import { orderStatuses, paymentStatuses, refundStatuses } from './orders.ts';
import { shortageSchema } from './shortage.ts';
import type { Topic } from './topics.ts';

const textOrNull = { ...text, type: ['string', 'null'] } as const;

const paymentCommand = object({ orderNumber, paymentId: { ...text, minLength: 1 }, reason: text }, [
  'orderNumber',
  'paymentId',
  'reason',
]);

/** Of one product of an order. */
const pieces = {
  type: 'array',
  items: object({ productId: id, qty: quantity }, ['productId', 'qty']),
} as const;

const refund = object(
  {
    /** Stripe's; there is none of a refund that it refused to make. */
    id: text,
    /** Of the refund that the shop asked for; there is none of one that was made in Stripe's dashboard. */
    refundId: text,
    amount,
    status: { type: 'string', enum: refundStatuses },
    /** Why it has failed. */
    failure: text,
  },
  ['amount', 'status'],
);

const product = object(
  {
    id,
    name: text,
    description: text,
    price: amount,
    currency,
    stock,
    category: textOrNull,
    tags: { type: 'array', items: text },
    imageUrl: textOrNull,
    sku: textOrNull,
    groupId: textOrNull,
    options: { type: 'object', additionalProperties: text },
    media: { type: 'array', items: object({ url: text, alt: text }, ['url', 'alt']) },
    version: { type: 'integer', minimum: 1 },
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
  ['id', 'name', 'price', 'currency', 'stock', 'version'],
);

/**
 * Every event: the topic it travels on, the version of its schema, and the JSON Schema (2020-12) of its data.
 */
export const eventContracts = {
  CREATE_ORDER: {
    topic: 'CatalogEvents',
    version: 1,
    schema: object(
      {
        orderNumber,
        customerId: id,
        amount,
        currency,
        status: { type: 'string', enum: orderStatuses },
        txnId: textOrNull,
        orderItems: {
          type: 'array',
          minItems: 1,
          items: object({ productId: id, itemName: text, qty: quantity, price: amount }, [
            'productId',
            'itemName',
            'qty',
            'price',
          ]),
        },
      },
      ['orderNumber', 'customerId', 'amount', 'currency', 'status', 'txnId', 'orderItems'],
    ),
  },
  CANCEL_ORDER: {
    topic: 'CatalogEvents',
    version: 1,
    // Without lines: all pieces that the order still holds.
    schema: object({ orderNumber, reason: text, lines: pieces }, ['orderNumber', 'reason']),
  },
  RETURN_STOCK: {
    topic: 'CatalogEvents',
    version: 1,
    schema: object({ orderNumber, refundId: { ...text, minLength: 1 }, lines: { ...pieces, minItems: 1 } }, [
      'orderNumber',
      'refundId',
      'lines',
    ]),
  },
  STOCK_RESERVED: {
    topic: 'OrderEvents',
    version: 1,
    schema: object({ orderNumber }, ['orderNumber']),
  },
  STOCK_REJECTED: {
    topic: 'OrderEvents',
    version: 1,
    schema: object({ orderNumber, shortages: { type: 'array', items: shortageSchema } }, [
      'orderNumber',
      'shortages',
    ]),
  },
  CREATE_PAYMENT: {
    topic: 'OrderEvents',
    version: 1,
    schema: object(
      {
        orderNumber,
        paymentId: { ...text, minLength: 1 },
        status: { type: 'string', enum: paymentStatuses },
        amount,
        currency,
        paymentLog: text,
        /** All refunds of the payment, if there are any. */
        refunds: { type: 'array', items: refund },
      },
      ['orderNumber', 'paymentId', 'status', 'amount', 'currency', 'paymentLog'],
    ),
  },
  PAYMENT_DISPUTED: {
    topic: 'OrderEvents',
    version: 1,
    schema: object(
      {
        orderNumber,
        paymentId: { ...text, minLength: 1 },
        disputeId: { ...text, minLength: 1 },
        amount,
        currency,
        reason: text,
        // Stripe's word, which may be a new one.
        status: { ...text, minLength: 1 },
        dueBy: { type: ['string', 'null'], format: 'date-time' },
      },
      ['orderNumber', 'paymentId', 'disputeId', 'amount', 'currency', 'reason', 'status', 'dueBy'],
    ),
  },
  SHIPMENT_CREATED: {
    topic: 'OrderEvents',
    version: 1,
    schema: object(
      {
        orderNumber,
        shipmentId: id,
        carrier: text,
        tracking: text,
        lines: { ...pieces, minItems: 1 },
      },
      ['orderNumber', 'shipmentId', 'carrier', 'tracking', 'lines'],
    ),
  },
  SHIPMENT_DELIVERED: {
    topic: 'OrderEvents',
    version: 1,
    schema: object({ orderNumber, shipmentId: id }, ['orderNumber', 'shipmentId']),
  },
  CANCEL_PAYMENT: { topic: 'PaymentEvents', version: 1, schema: paymentCommand },
  REFUND_PAYMENT: {
    topic: 'PaymentEvents',
    version: 1,
    // Without them: all that is left of the payment.
    schema: object({ ...paymentCommand.properties, refundId: { ...text, minLength: 1 }, amount }, [
      ...paymentCommand.required,
    ]),
  },
  CHECK_PAYMENT: { topic: 'PaymentEvents', version: 1, schema: paymentCommand },
  PRODUCT_UPSERTED: { topic: 'ProductEvents', version: 1, schema: product },
  PRODUCT_DELETED: {
    topic: 'ProductEvents',
    version: 1,
    schema: object({ id, version: { type: 'integer', minimum: 1 } }, ['id', 'version']),
  },
} as const satisfies Record<string, { topic: Topic; version: number; schema: JSONSchema }>;

export type EventType = keyof typeof eventContracts;

type SchemaOf<T extends EventType> = (typeof eventContracts)[T]['schema'];

// Spelled out: a mapped type here makes the compiler work each schema out again at every use.
interface EventDataByType {
  readonly CREATE_ORDER: FromSchema<SchemaOf<'CREATE_ORDER'>>;
  readonly CANCEL_ORDER: FromSchema<SchemaOf<'CANCEL_ORDER'>>;
  readonly RETURN_STOCK: FromSchema<SchemaOf<'RETURN_STOCK'>>;
  readonly STOCK_RESERVED: FromSchema<SchemaOf<'STOCK_RESERVED'>>;
  readonly STOCK_REJECTED: FromSchema<SchemaOf<'STOCK_REJECTED'>>;
  readonly CREATE_PAYMENT: FromSchema<SchemaOf<'CREATE_PAYMENT'>>;
  readonly PAYMENT_DISPUTED: FromSchema<SchemaOf<'PAYMENT_DISPUTED'>>;
  readonly SHIPMENT_CREATED: FromSchema<SchemaOf<'SHIPMENT_CREATED'>>;
  readonly SHIPMENT_DELIVERED: FromSchema<SchemaOf<'SHIPMENT_DELIVERED'>>;
  readonly CANCEL_PAYMENT: FromSchema<SchemaOf<'CANCEL_PAYMENT'>>;
  readonly REFUND_PAYMENT: FromSchema<SchemaOf<'REFUND_PAYMENT'>>;
  readonly CHECK_PAYMENT: FromSchema<SchemaOf<'CHECK_PAYMENT'>>;
  readonly PRODUCT_UPSERTED: FromSchema<SchemaOf<'PRODUCT_UPSERTED'>>;
  readonly PRODUCT_DELETED: FromSchema<SchemaOf<'PRODUCT_DELETED'>>;
}

/** The data of an event, derived from its JSON Schema. */
export type EventData<T extends EventType> = EventDataByType[T];

/** One event with its CloudEvents attributes, decoded and validated. */
export type ShopEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly type: K;
    /** Unique per event and the same in every repeat: what a consumer's inbox remembers. */
    readonly id: string;
    /** The service that said it. */
    readonly source: string;
    /** RFC 3339 UTC. */
    readonly time: string;
    /** What its order is kept by: the order number, or the product id. */
    readonly key: string;
    readonly data: EventData<K>;
    /** W3C trace context of whatever caused it. */
    readonly traceparent?: string;
  };
}[T];

/** What a service says; id, time and trace are added when the event is made. */
export type NewEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly source: string;
    readonly type: K;
    readonly key: string;
    readonly data: EventData<K>;
    /** For events that may be said twice: the same id makes the repeat a duplicate. Random by default. */
    readonly id?: string;
  };
}[T];
