import { eventSettings } from '@shop/messaging';
import {
  auditSettings,
  databaseSettings,
  type Environment,
  httpSettings,
  positiveNumber,
  readSettings,
  remoteTokenSettings,
  serviceSecretSettings,
  urls,
  validator,
  wholeNumber,
} from '@shop/service-kit';
import { readDeliveryMethods } from './delivery-settings.ts';

const minuteMs = 60_000;

const deliveryMethods = validator(readDeliveryMethods);

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
      ...serviceSecretSettings,
      ...auditSettings,
      ...eventSettings,
      catalogServiceUrl: urls({ desc: 'http://localhost:8000' }),
      paymentServiceUrl: urls({ desc: 'http://localhost:6002' }),
      // More than there are connections to the database would wait for each other.
      changesAtOnce: positiveNumber({ default: 16 }),
      deliveryMethods: deliveryMethods({ default: [] }),
      minOrderAmount: wholeNumber({ default: 1 }),
      // Of orders that are not paid yet, for these hold stock.
      maxOpenOrders: wholeNumber({ default: 25 }),
      maxHeldPieces: wholeNumber({ default: 100 }),
      // Many may have the address of one provider.
      maxOpenOrdersPerGuestAddress: wholeNumber({ default: 50 }),
      maxHeldPiecesPerGuestAddress: wholeNumber({ default: 200 }),
      stockWindowMs: wholeNumber({ default: 5 * minuteMs }),
      paymentWindowMs: wholeNumber({ default: 30 * minuteMs }),
      paymentCheckMs: wholeNumber({ default: 2 * minuteMs }),
      sweepMs: wholeNumber({ default: 5_000 }),
      purgeMs: wholeNumber({ default: 60 * minuteMs }),
      streamPollMs: wholeNumber({ default: 1_000 }),
      streamHeartbeatMs: wholeNumber({ default: 15_000 }),
      maxStreams: wholeNumber({ default: 1_000 }),
      streamsPerAddress: wholeNumber({ default: 200 }),
      guestStreamsPerAddress: wholeNumber({ default: 100 }),
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
