import { ref } from '@shop/service-kit';
import { cartLineSchema, cartSchema, liveCartLineSchema } from '../schemas/cart-replies.ts';
import {
  checkoutSchema,
  historyEntrySchema,
  orderCancelledSchema,
  orderCreatedSchema,
  orderPageSchema,
  orderSchema,
  orderWithHistorySchema,
  streamEndSchema,
} from '../schemas/order-replies.ts';
import { cartChangeSchema, cartItemSchema, orderRequestSchema } from '../schemas/requests.ts';
import { problemSchemas } from './problems.ts';

const named: Readonly<Record<string, object>> = {
  CartItem: cartItemSchema,
  CartChange: cartChangeSchema,
  CartLine: cartLineSchema,
  LiveCartLine: liveCartLineSchema,
  Cart: cartSchema,
  OrderRequest: orderRequestSchema,
  Order: orderSchema,
  OrderCreated: orderCreatedSchema,
  OrderPage: orderPageSchema,
  OrderWithHistory: orderWithHistorySchema,
  OrderCancelled: orderCancelledSchema,
  HistoryEntry: historyEntrySchema,
  StreamEnd: streamEndSchema,
  Checkout: checkoutSchema,
};
const nameOf = new Map(Object.entries(named).map(([name, schema]) => [schema, name]));

/** The schemas that the service checks with, by name; where one holds another, a reference. */
export const components: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, referring(schema)])),
  ...problemSchemas,
};

function referring(schema: object): object {
  const members = Object.entries(schema).map(([key, value]: [string, unknown]) => [key, withRef(value)]);
  return Object.fromEntries(members);
}

function withRef(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withRef);
  const name = nameOf.get(value);
  return name === undefined ? referring(value) : ref(name);
}
