import {
  type Environment,
  flag,
  httpSettings,
  positiveNumber,
  rate,
  readSettings,
  text,
  tokenSettings,
  url,
  urls,
  wholeNumber,
} from '@shop/service-kit';

/**
 * Reads the settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  return readSettings(environment, {
    ...httpSettings(3000),
    ...tokenSettings,
    userServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:6000' }),
    catalogServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:8000' }),
    orderServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:9000' }),
    paymentServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:6002' }),
    demoShop: flag({ default: true }),
    stripePublishableKey: text({ default: '' }),
    offlineStripeUrl: url({ default: '' }),
    limitClients: flag({ default: true }),
    // A page that is rendered on a server makes dozens of requests, and all of its customers' from one address.
    readsPerAddress: inTenSeconds(6_000),
    readsPerUser: inTenSeconds(2_000),
    writesPerAddress: inTenSeconds(1_000),
    writesPerUser: inTenSeconds(200),
    expensivePerAddress: inTenSeconds(500),
    expensivePerUser: inTenSeconds(100),
    requestsAtOncePerAddress: wholeNumber({ default: 100 }),
    forwardedAtOncePerAddress: positiveNumber({ default: 2 }),
    streamsPerAddress: wholeNumber({ default: 200 }),
    connectionsPerAddress: wholeNumber({ default: 500 }),
  });
}

const inTenSeconds = (points: number) => rate({ default: { points, duration: 10 } });

export type StorefrontConfig = ReturnType<typeof readConfig>;
