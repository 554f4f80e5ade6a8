import { defineProblems, requestProblems } from '@shop/service-kit';

/** All problems that the gateway itself answers with; those of the services pass through it unchanged. */
export const { problem } = defineProblems({
  ...requestProblems,
  'user-service-unavailable': {
    status: 503,
    title: 'User service unavailable',
    detail: 'user_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
  'catalog-service-unavailable': {
    status: 503,
    title: 'Catalog service unavailable',
    detail: 'catalog_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
  'order-service-unavailable': {
    status: 503,
    title: 'Order service unavailable',
    detail: 'order_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
  'payment-service-unavailable': {
    status: 503,
    title: 'Payment service unavailable',
    detail: 'payment_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  },
});
