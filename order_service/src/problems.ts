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

  'product-not-found': { status: 404, title: 'Product not found', detail: 'There is no such product.' },
  'cart-line-not-found': { status: 404, title: 'Cart line not found', detail: 'The cart has no such line.' },
  'cart-full': { status: 409, title: 'Cart full', detail: 'The cart is full. Remove a product first.' },
  'cart-empty': { status: 409, title: 'Cart empty', detail: 'The cart is empty.' },
  'cart-changed': {
    status: 409,
    title: 'Cart changed',
    detail: 'The cart was changed while it was being ordered. Look at it again.',
  },
  'product-unavailable': { status: 409, title: 'Product unavailable', detail: 'A product is not for sale.' },
  'insufficient-stock': {
    status: 409,
    title: 'Insufficient stock',
    detail: 'There is less in stock than the cart asks for.',
  },
  'mixed-currencies': { status: 409, title: 'Mixed currencies', detail: 'An order has one currency.' },
  'amount-out-of-range': {
    status: 409,
    title: 'Amount out of range',
    detail: 'It costs too much or too little.',
  },
  'price-changed': { status: 409, title: 'Price changed', detail: 'The order costs another amount now.' },
  'request-in-progress': {
    status: 409,
    title: 'Request in progress',
    detail: 'A request with this Idempotency-Key is being processed. Try again in a moment.',
    retryAfter: 1,
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused',
    detail: 'This Idempotency-Key was used with another body. Use a new key for a new request.',
  },
  'catalog-service-unavailable': {
    status: 503,
    title: 'Catalog service unavailable',
    detail: 'catalog_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },

  'order-not-found': { status: 404, title: 'Order not found', detail: 'There is no such order.' },
  'order-cancelled': { status: 409, title: 'Order cancelled', detail: 'This order is cancelled.' },
  'order-completed': { status: 409, title: 'Order completed', detail: 'This order is paid already.' },
  'stock-pending': {
    status: 409,
    title: 'Stock pending',
    detail: 'The stock of this order is being reserved. Try again in a moment.',
    retryAfter: 1,
  },
  'own-streams-exhausted': {
    status: 429,
    title: 'Own streams exhausted',
    detail: 'Too many live streams are open already. Close some.',
    retryAfter: 5,
  },
  'streams-exhausted': {
    status: 503,
    title: 'Streams exhausted',
    detail: 'No more live streams can be served here right now. Try again in a moment.',
    retryAfter: 5,
  },
});
