import {
  adminProblems,
  databaseProblems,
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
  ...databaseProblems,

  'product-not-found': { status: 404, detail: 'There is no such product.' },
  'cart-line-not-found': { status: 404, detail: 'The cart has no such line.' },
  'cart-full': { status: 409, detail: 'The cart is full. Remove a product first.' },
  'cart-empty': { status: 409, detail: 'The cart is empty.' },
  'cart-changed': {
    status: 409,
    detail: 'The cart was changed while it was being ordered. Look at it again.',
  },
  'product-unavailable': { status: 409, detail: 'A product is not for sale.' },
  'insufficient-stock': {
    status: 409,
    detail: 'There is less in stock than the cart asks for.',
  },
  'delivery-unavailable': { status: 409, detail: 'The cart cannot be delivered as chosen.' },
  'mixed-currencies': { status: 409, detail: 'An order has one currency.' },
  'amount-out-of-range': {
    status: 409,
    detail: 'It costs more or less than can be paid.',
  },
  'price-changed': { status: 409, detail: 'The order costs another amount now.' },
  'too-many-open-orders': {
    status: 409,
    detail:
      'The orders that you have not paid yet hold as much as they may. Pay or cancel one of them first.',
  },
  'request-in-progress': {
    status: 409,
    detail: 'A request with this Idempotency-Key is being processed. Try again in a moment.',
    retryAfter: 1,
  },
  'idempotency-key-reused': {
    status: 422,
    detail: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
  },
  'catalog-service-unavailable': {
    status: 503,
    detail: 'catalog_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },

  'order-not-found': { status: 404, detail: 'There is no such order.' },
  'payment-not-found': { status: 404, detail: 'None of your orders has this payment.' },
  'order-cancelled': { status: 409, detail: 'This order is cancelled.' },
  'order-completed': { status: 409, detail: 'This order is paid already.' },
  'order-shipped': {
    status: 409,
    detail: 'Something of this order was shipped. It cannot be cancelled any more.',
  },
  'order-not-completed': { status: 409, detail: 'Only a completed order can be shipped.' },
  'nothing-to-ship': { status: 409, detail: 'Nothing of this order is left to be shipped.' },
  'too-many-pieces': { status: 409, detail: 'Less of this order is left to be shipped.' },
  'shipment-not-found': { status: 404, detail: 'The order has no such shipment.' },
  'nothing-to-pay': { status: 409, detail: 'This order is free: there is nothing to pay.' },
  'order-not-paid': { status: 409, detail: 'This order is not paid: there is nothing to refund yet.' },
  'nothing-to-refund': {
    status: 409,
    detail: 'All that was paid for this order is refunded, or is about to be.',
  },
  'refund-too-large': { status: 409, detail: 'That is more than is left of this order.' },
  'stock-pending': {
    status: 409,
    detail: 'The stock of this order is being reserved. Try again in a moment.',
    retryAfter: 1,
  },
  'own-streams-exhausted': {
    status: 429,
    detail: 'Too many live streams are open already. Close some.',
    retryAfter: 5,
  },
  'guest-streams-exhausted': {
    status: 429,
    detail: 'Too many live streams of guests are open from this address. Close some, or log in.',
    retryAfter: 5,
  },
  'address-streams-exhausted': {
    status: 429,
    detail: 'Too many live streams are open from this address. Close some.',
    retryAfter: 5,
  },
  'streams-exhausted': {
    status: 503,
    detail: 'No more live streams can be served here right now. Try again in a moment.',
    retryAfter: 5,
  },
});
