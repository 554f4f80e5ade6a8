import { cancelReasons, fields, orderStatuses, paymentStatuses } from '@shop/contracts';

const message = { type: 'string', description: 'For people; do not branch on it.' };

const orderNumber = { ...fields.orderNumber, examples: ['ord_7Qm2xVt9cK4b'] };
const paymentId = {
  type: 'string',
  description: "Stripe's id of the payment (a PaymentIntent).",
  examples: ['pi_3PzQ2mLkdIwHu7ix0R8yT1aB'],
};
const amount = {
  ...fields.amount,
  description: 'In the minor unit of `currency`: 4550 in `usd` is $45.50, 4550 in `jpy` is ¥4550.',
  examples: [4550],
};
const currency = { ...fields.currency, description: 'ISO 4217 in lower case.', examples: ['usd'] };

const statusMeanings = [
  '- `created`: nothing is paid. Also while the customer is asked by their bank.',
  '- `failed`: the last try was declined. The same payment can be confirmed again, with another card.',
  '- `succeeded`: paid. The order becomes `completed`.',
  '- `cancelled`: cannot be paid any more.',
  '- `refunded`: the money was given back.',
].join('\n');

export const schemas = {
  PaymentRequest: {
    type: 'object',
    properties: { orderNumber },
    required: ['orderNumber'],
  },
  PaymentToConfirm: {
    type: 'object',
    properties: { message, data: { $ref: '#/components/schemas/PaymentData' } },
    required: ['message', 'data'],
    additionalProperties: false,
  },
  PaymentData: {
    type: 'object',
    properties: {
      secret: {
        type: ['string', 'null'],
        description:
          'The client secret: confirms this payment and nothing else. Do not log it, put it into a URL or keep it.',
        examples: ['pi_3PzQ2mLkdIwHu7ix0R8yT1aB_secret_Yx8Kd2Lw9'],
      },
      pubKey: {
        type: 'string',
        description: 'The publishable key, for `Stripe(pubKey)`.',
        examples: ['pk_test_51Kd8wL'],
      },
      amount,
      currency,
      order: { $ref: '#/components/schemas/Checkout' },
      paymentId,
    },
    required: ['secret', 'pubKey', 'amount', 'currency', 'order', 'paymentId'],
    additionalProperties: false,
  },
  Checkout: {
    type: 'object',
    description: 'The order as it is to be paid.',
    properties: {
      orderNumber,
      amount,
      currency,
      status: { type: 'string', enum: orderStatuses },
      customerId: fields.id,
      paymentId,
    },
    required: ['orderNumber', 'amount', 'currency', 'status', 'customerId', 'paymentId'],
    additionalProperties: false,
  },
  PaymentState: {
    type: 'object',
    properties: {
      message,
      status: { type: 'string', enum: paymentStatuses, description: statusMeanings, examples: ['succeeded'] },
    },
    required: ['message', 'status'],
    additionalProperties: false,
  },
  StripeEvent: {
    type: 'object',
    description: 'An event as Stripe sends it; see its own reference.',
    properties: {
      id: { type: 'string' },
      object: { type: 'string', const: 'event' },
      type: { type: 'string', examples: ['payment_intent.succeeded'] },
      data: { type: 'object', properties: { object: { type: 'object' } }, required: ['object'] },
    },
    required: ['id', 'object', 'type', 'data'],
  },
  WebhookReply: {
    type: 'object',
    properties: {
      received: { type: 'boolean', const: true },
      published: { type: 'boolean', description: 'False when it is not about an order of this shop.' },
    },
    required: ['received', 'published'],
    additionalProperties: false,
  },
};

export const cancelReasonList = cancelReasons.map((reason) => `\`${reason}\``).join(', ');
