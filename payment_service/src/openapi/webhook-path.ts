import { type Operation, problemReply, ref } from '@shop/service-kit';

export const webhook: Operation = {
  operationId: 'stripeWebhook',
  tags: ['Webhooks'],
  summary: 'Stripe says that something happened.',
  description:
    'For Stripe only, and only at this service itself: the gateway does not pass it on. Register it with the events ' +
    '`payment_intent.succeeded`, `payment_intent.payment_failed`, `payment_intent.canceled`, `charge.refunded` and ' +
    '`refund.failed` (and `charge.refund.updated`, which says the same on older accounts).\n\n' +
    'The signature is over the bytes of the body: whatever stands before this service must pass them on unchanged. ' +
    'It is accepted for five minutes. What an event says is not believed: the payment is read from Stripe and its ' +
    'present state told to order_service, so events may come twice, late and in any order. Only a reply of 2xx ' +
    'ends the matter; after any other Stripe sends the event again, for up to three days.',
  parameters: [
    {
      name: 'Stripe-Signature',
      in: 'header',
      description:
        '`t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" with the secret of the endpoint, in hex>`. Not marked as ' +
        'required, for without it the answer is the one for a wrong signature.',
      schema: {
        type: 'string',
        examples: ['t=1769860800,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd'],
      },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: ref('StripeEvent'),
        examples: {
          paid: {
            value: {
              id: 'evt_3PzQ2mLkdIwHu7ix0AbCdEfG',
              object: 'event',
              type: 'payment_intent.succeeded',
              data: { object: { id: 'pi_3PzQ2mLkdIwHu7ix0R8yT1aB', object: 'payment_intent' } },
            },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: 'Taken.',
      content: {
        'application/json': {
          schema: ref('WebhookReply'),
          examples: {
            ours: { value: { received: true, published: true } },
            ignored: { value: { received: true, published: false } },
          },
        },
      },
    },
    ...problemReply({
      status: 400,
      title: 'Not from Stripe',
      codes: {
        'invalid-signature': 'none of the secrets has signed these bytes within five minutes.',
        'malformed-json': 'they are signed, and no event all the same.',
        'malformed-request': 'the body did not arrive whole.',
        'invalid-encoding': 'a header or the query is not valid UTF-8.',
      },
    }),
    ...problemReply({
      status: 503,
      title: 'Not now: Stripe sends it again',
      codes: {
        'stripe-unavailable': 'the payment could not be read.',
        'events-unavailable': 'order_service could not be told.',
      },
    }),
  },
};
