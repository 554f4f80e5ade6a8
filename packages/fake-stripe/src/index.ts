export { createFakeStripe, type FakeStripe, type FakeStripeOptions } from './fake-stripe.ts';
export type { FaultSettings } from './faults.ts';
export type { PaymentIntent, Refund } from './objects.ts';
export type { RetryDelays, WebhookEndpoint } from './webhooks.ts';
