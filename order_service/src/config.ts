import { eventSettings } from '@shop/messaging';
import {
  databaseSettings,
  type Environment,
  httpSettings,
  readSettings,
  remoteTokenSettings,
  url,
  wholeNumber,
} from '@shop/service-kit';

const minuteMs = 60_000;

/**
 * Reads the service's settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  return readSettings(
    environment,
    {
      ...httpSettings(9000),
      ...databaseSettings,
      ...remoteTokenSettings,
      ...eventSettings,
      catalogServiceUrl: url({ desc: 'http://localhost:8000' }),
      paymentServiceUrl: url({ default: '' }),
      minOrderAmount: wholeNumber({ default: 1 }),
      stockWindowMs: wholeNumber({ default: 5 * minuteMs }),
      paymentWindowMs: wholeNumber({ default: 30 * minuteMs }),
      paymentCheckMs: wholeNumber({ default: 2 * minuteMs }),
      sweepMs: wholeNumber({ default: 5_000 }),
      streamPollMs: wholeNumber({ default: 1_000 }),
      streamHeartbeatMs: wholeNumber({ default: 15_000 }),
      maxStreams: wholeNumber({ default: 1_000 }),
    },
    roomForRetries,
  );
}

export type OrderConfig = ReturnType<typeof readConfig>;

/**
 * An event that fails holds what is behind it in its partition. Orders that wait there must not be cancelled for that,
 * not even when two such events follow each other.
 */
function roomForRetries({
  stockWindowMs,
  eventRetryLimitMs,
}: Record<'stockWindowMs' | 'eventRetryLimitMs', number>) {
  if (stockWindowMs >= 3 * eventRetryLimitMs) return [];
  const atLeast = `at least three times EVENT_RETRY_LIMIT_MS (${eventRetryLimitMs})`;
  return [`STOCK_WINDOW_MS must be ${atLeast}, not ${stockWindowMs}`];
}
