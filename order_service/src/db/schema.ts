import { type CancelReason, orderStatuses, refundStatuses, type ShippingAddress } from '@shop/contracts';
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
  uuid,
} from 'drizzle-orm/pg-core';
import type { Adjustment, CartCheckout, Contact, OrderedDelivery } from '../domain/delivery.ts';
import { fulfilments, shipmentStatuses } from '../domain/fulfilment.ts';
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
  checkout: jsonb('checkout').$type<CartCheckout>(),
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
    fulfilment: text('fulfilment', { enum: fulfilments }).notNull().default('none'),
    contact: jsonb('contact').$type<Contact>(),
    shippingAddress: jsonb('shipping_address').$type<ShippingAddress>(),
    billingAddress: jsonb('billing_address').$type<ShippingAddress>(),
    deliveryMethod: jsonb('delivery_method').$type<OrderedDelivery>(),
    /** What the amount has beside the items. */
    adjustments: jsonb('adjustments').$type<readonly Adjustment[]>().notNull().default([]),
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
    /** From where a guest has ordered; forgotten once nothing is held. */
    guestAddress: text('guest_address'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    unique('orders_cart_version').on(table.cartId, table.cartVersion),
    // Ascending, to be read backwards: `desc()` here would sort nulls otherwise than the queries do.
    index('orders_created').on(table.createdAt, table.id),
    index('orders_customer').on(table.customerId, table.createdAt, table.id),
    index('orders_status').on(table.status, table.createdAt, table.id),
    index('orders_fulfilment').on(table.fulfilment, table.createdAt, table.id),
    index('orders_open_of_customer').on(table.customerId).where(sql`status in ('pending', 'processing')`),
    index('orders_open_of_guest_address')
      .on(table.guestAddress)
      .where(sql`status in ('pending', 'processing') and guest_address is not null`),
    index('orders_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    check('orders_status_known', sql`${table.status} in ('pending', 'processing', 'completed', 'cancelled')`),
    check('orders_reason_if_cancelled', sql`(${table.status} = 'cancelled') = (${table.reason} is not null)`),
    check('orders_fulfilment_known', sql`${table.fulfilment} in ('none', 'partial', 'shipped', 'delivered')`),
    // Also for instances of the release before, which would cancel an order whatever was shipped.
    check(
      'orders_shipped_is_completed',
      sql`${table.fulfilment} = 'none' or ${table.status} = 'completed' or ${table.reason} = 'refunded'`,
    ),
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

export const shipments = pgTable(
  'shipments',
  {
    id: id(),
    orderId: ofOrder(),
    carrier: text('carrier').notNull(),
    tracking: text('tracking').notNull(),
    status: text('status', { enum: shipmentStatuses }).notNull().default('shipped'),
    createdAt: time('created_at').notNull().defaultNow(),
    deliveredAt: time('delivered_at'),
  },
  (table) => [
    index('shipments_order').on(table.orderId),
    check('shipments_status_known', sql`${table.status} in ('shipped', 'delivered')`),
    check(
      'shipments_time_if_delivered',
      sql`(${table.status} = 'delivered') = (${table.deliveredAt} is not null)`,
    ),
  ],
);

export const shipmentLines = pgTable(
  'shipment_lines',
  {
    shipmentId: integer('shipment_id')
      .notNull()
      .references(() => shipments.id, { onDelete: 'cascade' }),
    productId: integer('product_id').notNull(),
    qty: integer('qty').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shipmentId, table.productId] }),
    check('shipment_lines_qty', sql`${table.qty} > 0`),
  ],
);

export const disputes = pgTable(
  'disputes',
  {
    /** Stripe's. */
    id: text('id').primaryKey(),
    orderId: ofOrder(),
    status: text('status').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('disputes_open')
      .on(table.status)
      .where(sql`${table.status} not in ('warning_closed', 'prevented', 'won', 'lost')`),
  ],
);

export const orderHistory = pgTable(
  'order_history',
  {
    id: bigId(),
    orderId: ofOrder(),
    status: text('status', { enum: orderStatuses }).notNull(),
    cause: text('cause').$type<HistoryCause>().notNull(),
    details: jsonb('details').$type<HistoryDetails>(),
    /** Of what another service said; none of what this one did by itself, and of what was before this column. */
    eventId: text('event_id'),
    createdAt: time('created_at').notNull().defaultNow(),
  },
  (table) => [index('order_history_order').on(table.orderId, table.id)],
);

export const refunds = pgTable(
  'refunds',
  {
    /** Of a refund that was made in Stripe's dashboard, Stripe's own. */
    id: text('id').primaryKey(),
    orderId: ofOrder(),
    paymentId: text('payment_id').notNull(),
    /** None until Stripe has made it. */
    stripeId: text('stripe_id').unique('refunds_stripe'),
    amount: money('amount'),
    status: text('status', { enum: refundStatuses }).notNull(),
    reason: text('reason'),
    failure: text('failure'),
    createdAt: time('created_at').notNull().defaultNow(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (table) => [
    index('refunds_order').on(table.orderId),
    check('refunds_status_known', sql`${table.status} in ('pending', 'succeeded', 'failed')`),
    check('refunds_amount', sql`${table.amount} > 0`),
  ],
);

export const refundLines = pgTable(
  'refund_lines',
  {
    refundId: text('refund_id')
      .notNull()
      .references(() => refunds.id, { onDelete: 'cascade' }),
    productId: integer('product_id').notNull(),
    qty: integer('qty').notNull(),
    /** They go back on the shelf once the refund has succeeded. */
    restock: boolean('restock').notNull(),
    /** So many of them had not been shipped when the refund was asked for. */
    unshipped: integer('unshipped').notNull(),
    /** So many of them went back on the shelf. */
    returned: integer('returned').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.refundId, table.productId, table.restock] }),
    check('refund_lines_qty', sql`${table.qty} > 0 and ${table.unshipped} between 0 and ${table.qty}`),
    check('refund_lines_returned', sql`${table.returned} between 0 and ${table.qty}`),
  ],
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

/** Written and read by the kit: who did what. */
export const audit = pgTable(
  'audit',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    at: time('at').notNull().defaultNow(),
    kind: text('kind').notNull(),
    userId: integer('user_id'),
    address: text('address'),
    requestId: text('request_id'),
    details: jsonb('details').notNull(),
  },
  (table) => [
    index('audit_at_idx').on(table.at, table.id),
    index('audit_user_idx').on(table.userId, table.at, table.id),
    index('audit_kind_idx').on(table.kind, table.at, table.id),
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
    replayedAt: time('replayed_at'),
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
