import { defineProblems, outcomeProblems, requestProblems } from '@shop/service-kit';
import type { ServiceKey } from './route-table.ts';

const unavailable = (service: ServiceKey) => ({
  status: 503,
  detail: `${service}_service does not answer right now. Try again in a moment.`,
  retryAfter: 1,
});

/** All problems that the gateway itself answers with; those of the services pass through it unchanged. */
export const { problem } = defineProblems({
  ...requestProblems,
  ...outcomeProblems,
  'user-service-unavailable': unavailable('user'),
  'catalog-service-unavailable': unavailable('catalog'),
  'order-service-unavailable': unavailable('order'),
  'payment-service-unavailable': unavailable('payment'),
});
