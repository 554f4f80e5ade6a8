export type { FakeStripe, FakeStripeOptions } from './fake-stripe.ts';
export { createFakeStripe } from './fake-stripe.ts';
export type { FaultControl, FaultSettings, WebhookMode } from './faults.ts';
export type * from './objects.ts';
export type { WebhookEndpoint } from './webhook-post.ts';
