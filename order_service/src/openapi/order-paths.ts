import { fields } from '@shop/contracts';
import { jsonBody, type Parameter, type Paths, ref, reply, withToken } from '@shop/service-kit';
import { idempotencyKeySchema, orderListSchema } from '../schemas/requests.ts';
import { ofBodies, refusals } from './problems.ts';

const tags = ['Orders'];
export const orderNumber: Parameter = {
  name: 'orderNumber',
  in: 'path',
  required: true,
  description: 'As `POST /orders` gave it. What cannot be one is 404 `order-not-found` as well.',
  schema: fields.orderNumber,
};

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes a repeat harmless: a request with the same key and body gets the first 201 again, for 24 hours, even ' +
    'when order and cart have gone on since. Make one key per press of the button, and send it with every repeat ' +
    'of it. Only a 201 is kept: a cart that was refused can be mended and ordered with the same key.',
  schema: idempotencyKeySchema,
};

const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The `ETag` of the reply at hand: 304 without a body when nothing has happened since.',
  schema: { type: 'string' },
};

const listParameters = Object.entries(orderListSchema.properties).map(
  ([name, { description, ...schema }]): Parameter => ({ name, in: 'query', description, schema }),
);

export const orderPaths: Paths = {
  '/orders': {
    post: {
      operationId: 'createOrder',
      tags,
      summary: 'Order what is in the cart',
      description:
        'Makes one order of the whole cart at today’s prices, and empties the cart; or refuses, and leaves the cart ' +
        'as it was. The order begins as `pending`, while its stock is being reserved: follow it by ' +
        '`GET /orders/{orderNumber}/events`. Prices that moved since they were put into the cart are refused with ' +
        '`price-changed`, until the request names the new total as `{amount, currency}`. A body with the total that ' +
        'the page shows makes sure that nobody pays another one.',
      security: withToken,
      parameters: [idempotencyKey],
      requestBody: jsonBody(ref('OrderRequest'), false),
      responses: {
        201: reply('The order.', ref('OrderCreated'), ['Location']),
        ...refusals(
          ...ofBodies,
          ...(['cart-empty', 'product-unavailable', 'insufficient-stock', 'price-changed'] as const),
          ...(['mixed-currencies', 'amount-out-of-range', 'cart-changed'] as const),
          ...(['request-in-progress', 'idempotency-key-reused', 'catalog-service-unavailable'] as const),
        ),
      },
    },
    get: {
      operationId: 'listOrders',
      tags,
      summary: 'List orders, newest first',
      description:
        'One’s own orders; an administrator gets everybody’s with `all=true`, or one customer’s with `customerId`. ' +
        'All filters hold together. Page by `limit` and `offset`, or by sending `nextCursor` as `cursor` until it ' +
        'is null: that stays as fast on the thousandth page, and new orders do not shift it.',
      security: withToken,
      parameters: listParameters,
      responses: {
        200: reply('A page of orders.', ref('OrderPage')),
        ...refusals('validation-failed', 'admin-only'),
      },
    },
  },
  '/orders/{orderNumber}': {
    get: {
      operationId: 'getOrder',
      tags,
      summary: 'Show an order with its history',
      description:
        'For its customer and for administrators. To stay up to date, open `GET /orders/{orderNumber}/events` with ' +
        'the `id` of the last entry as `Last-Event-ID`.',
      security: withToken,
      parameters: [orderNumber, ifNoneMatch],
      responses: {
        200: reply('The order.', ref('OrderWithHistory'), ['ETag']),
        304: { description: 'Nothing has happened since the reply with that `ETag`.' },
        ...refusals('order-not-found'),
      },
    },
  },
  '/orders/{orderNumber}/checkout': {
    get: {
      operationId: 'checkoutOrder',
      tags,
      summary: 'What payment_service needs to ask for the money',
      description:
        'A storefront calls `POST /create-payment` of payment_service, which asks this with the customer’s token. ' +
        'It answers while the order can be paid (`processing`), for its customer only. `traceparent` is the trace ' +
        'that the order began in.',
      security: withToken,
      parameters: [orderNumber],
      responses: {
        200: reply(
          'What is to be paid, by whom, and the payment that there is already, if any.',
          ref('Checkout'),
        ),
        ...refusals('order-not-found', 'stock-pending', 'order-cancelled', 'order-completed'),
      },
    },
  },
  '/orders/{orderNumber}/cancel': {
    post: {
      operationId: 'cancelOrder',
      tags,
      summary: 'Cancel an order',
      description:
        'For its customer and for administrators, in whatever status it is: its stock goes back, and so does its ' +
        'money, in a moment. Repeating it is answered 409 `order-cancelled`, which a page may take as done.',
      security: withToken,
      parameters: [orderNumber],
      responses: {
        200: reply('The cancelled order.', ref('OrderCancelled')),
        ...refusals(
          'order-not-found',
          'order-cancelled',
          'body-too-large',
          'unsupported-media-type',
          'malformed-json',
        ),
      },
    },
  },
};
