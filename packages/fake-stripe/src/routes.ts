import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  retrievePaymentIntent,
} from './payment-intents.ts';
import { createRefund } from './refunds.ts';
import type { ApiRequest, Reply } from './request.ts';
import { searchPaymentIntents } from './search.ts';

export interface Route {
  readonly method: 'get' | 'post';
  /** In Express's notation; `:id` becomes the request's target. */
  readonly path: string;
  readonly handle: (request: ApiRequest) => Reply;
  /** May be called with a publishable key and the client secret. */
  readonly publishable?: true;
  /** Subject to the faults that make creates fail. */
  readonly creates?: true;
}

/** In order: the first that matches answers. */
export const ROUTES: readonly Route[] = [
  { method: 'post', path: '/v1/payment_intents', handle: createPaymentIntent, creates: true },
  { method: 'get', path: '/v1/payment_intents/search', handle: searchPaymentIntents },
  { method: 'get', path: '/v1/payment_intents/:id', handle: retrievePaymentIntent, publishable: true },
  {
    method: 'post',
    path: '/v1/payment_intents/:id/confirm',
    handle: confirmPaymentIntent,
    publishable: true,
  },
  { method: 'post', path: '/v1/payment_intents/:id/cancel', handle: cancelPaymentIntent },
  { method: 'post', path: '/v1/refunds', handle: createRefund, creates: true },
];
