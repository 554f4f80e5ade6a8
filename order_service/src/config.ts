import { eventSettings } from '@shop/messaging';
import {
  ConfigError,
  type Environment,
  list,
  port,
  readSettings,
  text,
  trustProxy,
  url,
  wholeNumber,
} from '@shop/service-kit';

/** Reads the service's settings; see README.md for what each means. */
export function readConfig(environment: Environment) {
  const settings = readSettings(environment, {
    PORT: port({ default: 9000 }),
    HOST: text({ default: '127.0.0.1' }),
    DATABASE_URL: url({ desc: 'postgresql://role:password@host:5432/database' }),
    CATALOG_SERVICE_URL: url({ desc: 'where catalog_service answers, e.g. http://localhost:8000' }),
    JWKS_URL: url({ desc: 'e.g. http://localhost:6000/.well-known/jwks.json' }),
    JWT_ISSUER: text({ default: 'shop' }),
    JWT_AUDIENCE: text({ default: 'shop' }),
    CORS_ORIGINS: list({ default: [] }),
    TRUST_PROXY: trustProxy({ default: 0 }),
    MIN_ORDER_AMOUNT: wholeNumber({ default: 1 }),
    STOCK_WINDOW_MS: wholeNumber({ default: 300_000 }),
    PAYMENT_WINDOW_MS: wholeNumber({ default: 1_800_000 }),
    PAYMENT_CHECK_MS: wholeNumber({ default: 120_000 }),
    SWEEP_MS: wholeNumber({ default: 5_000 }),
    STREAM_POLL_MS: wholeNumber({ default: 1_000 }),
    STREAM_HEARTBEAT_MS: wholeNumber({ default: 15_000 }),
    MAX_STREAMS: wholeNumber({ default: 1_000 }),
    ...eventSettings,
  });
  requireRoomForRetries(settings);
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    databaseUrl: settings.DATABASE_URL,
    catalogUrl: settings.CATALOG_SERVICE_URL,
    jwksUrl: settings.JWKS_URL,
    jwtIssuer: settings.JWT_ISSUER,
    jwtAudience: settings.JWT_AUDIENCE,
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
    minOrderAmount: settings.MIN_ORDER_AMOUNT,
    stockWindowMs: settings.STOCK_WINDOW_MS,
    paymentWindowMs: settings.PAYMENT_WINDOW_MS,
    paymentCheckMs: settings.PAYMENT_CHECK_MS,
    sweepMs: settings.SWEEP_MS,
    streamPollMs: settings.STREAM_POLL_MS,
    streamHeartbeatMs: settings.STREAM_HEARTBEAT_MS,
    maxStreams: settings.MAX_STREAMS,
    eventRetryLimitMs: settings.EVENT_RETRY_LIMIT_MS,
  });
}

/**
 * An event that fails holds what is behind it in its partition. Orders that wait there must not be cancelled for that,
 * not even when two such events follow each other.
 */
function requireRoomForRetries(settings: { STOCK_WINDOW_MS: number; EVENT_RETRY_LIMIT_MS: number }): void {
  const { STOCK_WINDOW_MS: window, EVENT_RETRY_LIMIT_MS: retries } = settings;
  if (window >= 3 * retries) return;
  throw new ConfigError([
    `STOCK_WINDOW_MS must be at least three times EVENT_RETRY_LIMIT_MS (${retries}), not ${window}`,
  ]);
}

export type OrderConfig = ReturnType<typeof readConfig>;
