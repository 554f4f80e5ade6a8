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
  'mixed-currencies': { status: 409, detail: 'An order has one currency.' },
  'amount-out-of-range': {
    status: 409,
    detail: 'It costs more or less than can be paid.',
  },
  'price-changed': { status: 409, detail: 'The order costs another amount now.' },
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
  'order-cancelled': { status: 409, detail: 'This order is cancelled.' },
  'order-completed': { status: 409, detail: 'This order is paid already.' },
  'nothing-to-pay': { status: 409, detail: 'This order is free: there is nothing to pay.' },
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
  'streams-exhausted': {
    status: 503,
    detail: 'No more live streams can be served here right now. Try again in a moment.',
    retryAfter: 5,
  },
});
