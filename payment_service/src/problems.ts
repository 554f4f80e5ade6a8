import {
  adminProblems,
  defineProblems,
  keyProblems,
  requestProblems,
  tokenProblems,
} from '@shop/service-kit';

/** All problems that this service answers with; `openapi.yaml` says what a caller does about each. */
export const { problems, problem } = defineProblems({
  ...requestProblems,
  ...tokenProblems,
  ...keyProblems,
  ...adminProblems,
  'invalid-signature': {
    status: 400,
    detail: 'Stripe did not sign this for this endpoint.',
  },

  // Those of order_service's checkout are passed on as it says them.
  'order-not-found': { status: 404, detail: 'There is no such order.' },
  'stock-pending': {
    status: 409,
    detail: 'The stock of this order is being reserved.',
  },
  'order-cancelled': { status: 409, detail: 'This order is cancelled.' },
  'order-completed': { status: 409, detail: 'This order is paid already.' },
  'nothing-to-pay': { status: 409, detail: 'This order is free: there is nothing to pay.' },

  'payment-not-found': { status: 404, detail: 'There is no such payment.' },
  'payment-succeeded': { status: 409, detail: 'This order is paid already.' },
  'payment-cancelled': { status: 409, detail: 'The payment has been cancelled.' },
  'payment-refunded': { status: 409, detail: 'The payment has been refunded.' },
  'payment-not-possible': {
    status: 409,
    detail: 'An order of this amount and currency cannot be paid here.',
  },

  'stripe-unavailable': {
    status: 503,
    detail: 'Payments cannot be reached right now. Try again in a moment.',
    retryAfter: 2,
  },
  'stripe-busy': {
    status: 503,
    detail: 'Too many payments are made at this moment. Try again in a moment.',
    retryAfter: 2,
  },
  'order-service-unavailable': {
    status: 503,
    detail: 'order_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
  'events-unavailable': {
    status: 503,
    detail: 'The state of the payment could not be passed on. Try again in a moment.',
    retryAfter: 1,
  },
});
