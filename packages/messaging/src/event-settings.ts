import { type Setting, wholeNumber } from '@shop/service-kit';

/**
 * The settings of every service that consumes events, for `readSettings`. EVENT_RETRY_LIMIT_MS is how long a message
 * that fails, while others are handled, is tried again before it becomes a dead letter. On Kafka it holds its partition
 * as long, so it must be well below any time within which others expect an answer.
 */
export const eventSettings: { readonly eventRetryLimitMs: Setting<number> } = {
  eventRetryLimitMs: wholeNumber({ default: 60_000 }),
};
