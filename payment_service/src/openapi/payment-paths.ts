import { type Operation, problemReply, ref, withToken } from '@shop/service-kit';
import { cancelReasonList } from './schemas.ts';

const tags = ['Payments'];

const unauthorized = problemReply({
  status: 401,
  title: 'Not logged in',
  codes: {
    'token-missing': 'there is no `Authorization: Bearer` header.',
    'invalid-token': 'it is none of ours, or was changed. Log in again.',
    'token-expired': 'its 15 minutes are over. Log in again, then repeat the request.',
  },
});

const away = {
  'stripe-unavailable':
    'Stripe does not answer. It takes 11 s at most, and no time while Stripe is known to be away.',
  'events-unavailable': 'order_service could not be told.',
  'keys-unavailable': 'the token cannot be checked, as the keys of user_service could not be fetched yet.',
};
const notNow = (codes: Readonly<Record<string, string>>) =>
  problemReply({
    status: 503,
    title: 'Not now: repeat the same request after `Retry-After`, which is always harmless',
    codes,
  });

const noStore = {
  'Cache-Control': {
    description: 'What is answered is for the caller alone.',
    schema: { type: 'string', const: 'no-store' },
  },
};

const orderNumber = 'ord_7Qm2xVt9cK4b';
const paymentId = 'pi_3PzQ2mLkdIwHu7ix0R8yT1aB';
const money = { amount: 4550, currency: 'usd' };

export const createPayment: Operation = {
  operationId: 'createPayment',
  tags,
  summary: 'Begin to pay for an order, or go on with it.',
  description:
    'Gives what Stripe.js needs to take the money. An order has one payment: called again, by a double click, after ' +
    'a reload or a lost reply, it gives the same one, also after a declined card. Only the customer of the order may ' +
    'call it. An `Idempotency-Key` is accepted and changes nothing: the order number is the key.\n\n' +
    'Amount and currency are the order’s, never the caller’s. When the payment has ended it answers 409, and tells ' +
    'order_service how, so that an order whose webhook was lost is mended by it.',
  security: withToken,
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'Accepted, and without effect.',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: ref('PaymentRequest'),
        examples: { example: { value: { orderNumber } } },
      },
    },
  },
  responses: {
    200: {
      description: 'The payment can be confirmed.',
      headers: noStore,
      content: {
        'application/json': {
          schema: ref('PaymentToConfirm'),
          examples: {
            example: {
              value: {
                message: 'The payment can be confirmed.',
                data: {
                  secret: `${paymentId}_secret_Yx8Kd2Lw9`,
                  pubKey: 'pk_test_51Kd8wL',
                  ...money,
                  order: { orderNumber, ...money, status: 'processing', customerId: 42, paymentId },
                  paymentId,
                },
              },
            },
          },
        },
      },
    },
    ...problemReply({
      status: 400,
      title: 'The body breaks rules',
      codes: {
        'validation-failed': '`errors` names the field: `orderNumber` is missing or is none.',
        'malformed-json': 'the body is not JSON. A bug of the caller.',
        'malformed-request': 'the request could not be understood. A bug of the caller.',
        'invalid-encoding': 'the body, a header or the query is not valid UTF-8. A bug of the caller.',
      },
      members: { errors: [{ field: 'orderNumber', message: 'must be an order number' }] },
    }),
    ...unauthorized,
    ...problemReply({
      status: 404,
      title: 'Not there, or not yours; never told which',
      codes: {
        'order-not-found': 'show “no such order”.',
        'payment-not-found': 'Stripe does not know the payment of the order. Only the shop can mend that.',
      },
    }),
    ...problemReply({
      status: 409,
      title: 'There is nothing to pay, or not yet',
      codes: {
        'stock-pending': 'the stock is being reserved: repeat after `Retry-After`, or wait for `processing`.',
        'order-cancelled': `show why: \`reason\` is one of ${cancelReasonList}.`,
        'order-completed': 'the order is paid. Show it.',
        'payment-succeeded': 'paid a moment ago; the order follows. Show the order and wait for `completed`.',
        'payment-cancelled': 'the payment was cancelled, and the order is being so. Show the order.',
        'payment-refunded': 'the money was given back, and the order is being cancelled. Show the order.',
        'payment-not-possible':
          'Stripe takes no payments of this amount or currency. Only the shop can mend that.',
      },
      headers: { 'Retry-After': 'Of `stock-pending`: seconds to wait before the next try.' },
    }),
    ...problemReply({
      status: 429,
      title: 'Too many requests',
      codes: { 'too-many-requests': 'passed on from order_service: repeat after `Retry-After`.' },
    }),
    ...notNow({ ...away, 'order-service-unavailable': 'the order cannot be read. It takes 2.5 s at most.' }),
  },
};

export const verifyPayment: Operation = {
  operationId: 'verifyPayment',
  tags,
  summary: 'What does Stripe say of this payment?',
  description:
    'Asks Stripe, tells order_service what it said, and answers it. For the customer of the payment and for ' +
    'administrators. Call it once after the customer has confirmed: if the webhook is late or lost the order learns ' +
    'of the payment by this. Not for polling: the order is what to wait for, and it may be a moment behind.',
  security: withToken,
  parameters: [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: '`paymentId` of `create-payment`.',
      schema: { type: 'string', examples: [paymentId] },
    },
  ],
  responses: {
    200: {
      description: 'What it is now.',
      content: {
        'application/json': {
          schema: ref('PaymentState'),
          examples: { paid: { value: { message: 'The payment is succeeded.', status: 'succeeded' } } },
        },
      },
    },
    ...problemReply({
      status: 400,
      title: 'Not understood',
      codes: {
        'malformed-request': 'the path is not well-formed. A bug of the caller.',
        'invalid-encoding': 'the body, a header or the query is not valid UTF-8. A bug of the caller.',
      },
    }),
    ...unauthorized,
    ...problemReply({
      status: 404,
      title: 'Not there, or not yours; never told which',
      codes: { 'payment-not-found': 'there is no such payment of this customer.' },
    }),
    ...notNow(away),
  },
};
