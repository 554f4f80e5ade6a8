import { type Environment, httpSettings, readSettings, urls } from '@shop/service-kit';

/**
 * Reads the settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  return readSettings(environment, {
    ...httpSettings(3000),
    userServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:6000' }),
    catalogServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:8000' }),
    orderServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:9000' }),
    paymentServiceUrl: urls({ desc: 'e.g. http://127.0.0.1:6002' }),
  });
}

export type StorefrontConfig = ReturnType<typeof readConfig>;
