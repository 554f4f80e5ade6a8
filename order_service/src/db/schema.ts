import { type CancelReason, orderStatuses } from '@shop/contracts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { HistoryCause, HistoryDetails } from '../domain/order-status.ts';

// Tables are unqualified: the connection's search_path names the service's schema.

const time = (name: string) => timestamp(name, { withTimezone: true });
const id = () => integer('id').primaryKey().generatedAlwaysAsIdentity();
/** Minor units, of up to twelve digits. */
const money = (name: string) => bigint(name, { mode: 'number' }).notNull();
const bigId = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();

export const carts = pgTable('carts', {
  id: id(),
  customerId: integer('customer_id').notNull().unique('carts_customer'),
  /** Rises with every change: an order is made from one version of the cart, once. */
  version: integer('version').notNull().default(1),
  updatedAt: time('updated_at').notNull().defaultNow(),
});

export const cartLines = pgTable(
  'cart_lines',
  {
    id: id(),
    cartId: integer('cart_id')
      .notNull()
      .references(() => carts.id, { onDelete: 'cascade' }),
    productId: integer('product_id').notNull(),
    name: text('name').notNull(),
    price: money('price'),
    currency: text('currency').notNull(),
    qty: integer('qty').notNull(),
    imageUrl: text('image_url'),
  },
  (table) => [
    unique('cart_lines_product').on(table.cartId, table.productId),
    check('cart_lines_qty', sql`${table.qty} > 0`),
  ],
);

export const orders = pgTable(
  'orders',
  {
    id: id(),
    orderNumber: text('order_number').notNull().unique('orders_number'),
    customerId: integer('customer_id').notNull(),
    cartId: integer('cart_id').notNull(),
    cartVersion: integer('cart_version').notNull(),
    amount: money('amount'),
    currency: text('currency').notNull(),
    status: text('status', { enum: orderStatuses }).notNull(),
    reason: text('reason').$type<CancelReason>(),
    paymentId: text('payment_id'),
    paymentExpired: boolean('payment_expired').notNull().default(false),
    /** Payments that were cancelled or refunded while the order could still be paid. */
    closedPayments: text('closed_payments').array().notNull().default([]),
    /** When the current status must have ended. */
    expiresAt: time('expires_at').notNull(),
    /** When the sweep looks at the order next; none once nothing is awaited. */
    dueAt: time('due_at'),
    /** W3C trace context of the request that made the order. */
    traceparent: text('traceparent'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    unique('orders_cart_version').on(table.cartId, table.cartVersion),
    // Ascending, to be read backwards: `desc()` here would sort nulls otherwise than the queries do.
    index('orders_created').on(table.createdAt, table.id),
    index('orders_customer').on(table.customerId, table.createdAt, table.id),
    index('orders_status').on(table.status, table.createdAt, table.id),
    index('orders_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    check('orders_status_known', sql`${table.status} in ('pending', 'processing', 'completed', 'cancelled')`),
    check('orders_reason_if_cancelled', sql`(${table.status} = 'cancelled') = (${table.reason} is not null)`),
    check('orders_amount', sql`${table.amount} >= 0`),
  ],
);

const ofOrder = () =>
  integer('order_id')
    .notNull()
    .references(() => orders.id, { onDelete: 'cascade' });

export const orderItems = pgTable(
  'order_items',
  {
    id: id(),
    orderId: ofOrder(),
    productId: integer('product_id').notNull(),
    itemName: text('item_name').notNull(),
    qty: integer('qty').notNull(),
    price: money('price'),
    imageUrl: text('image_url'),
  },
  (table) => [index('order_items_order').on(table.orderId)],
);

export const orderHistory = pgTable(
  'order_history',
  {
    id: bigId(),
    orderId: ofOrder(),
    status: text('status', { enum: orderStatuses }).notNull(),
    cause: text('cause').$type<HistoryCause>().notNull(),
    details: jsonb('details').$type<HistoryDetails>(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [index('order_history_order').on(table.orderId, table.id)],
);

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    customerId: integer('customer_id').notNull(),
    route: text('route').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    reply: jsonb('reply').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.customerId, table.route, table.key] }),
    index('idempotency_keys_age').on(table.createdAt),
  ],
);

/** Written and read by the messaging package. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigId(),
    eventId: text('event_id').notNull(),
    topic: text('topic').notNull(),
    key: text('key').notNull(),
    type: text('type').notNull(),
    headers: jsonb('headers').notNull(),
    payload: jsonb('payload').notNull(),
    createdAt: time('created_at').notNull().defaultNow(),
    sentAt: time('sent_at'),
  },
  (table) => [
    uniqueIndex('outbox_event').on(table.eventId),
    index('outbox_key').on(table.key),
    index('outbox_unsent').on(table.id).where(sql`${table.sentAt} is null`),
    index('outbox_sent').on(table.sentAt).where(sql`${table.sentAt} is not null`),
  ],
);

/** Written and read by the messaging package. */
export const inbox = pgTable(
  'inbox',
  {
    consumer: text('consumer').notNull(),
    eventId: text('event_id').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.consumer, table.eventId] }),
    index('inbox_received').on(table.receivedAt),
  ],
);
