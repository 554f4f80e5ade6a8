import { type Environment, httpSettings, readSettings, url } from '@shop/service-kit';

/**
 * Reads the settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  return readSettings(environment, {
    ...httpSettings(3000),
    userServiceUrl: url({ desc: 'e.g. http://127.0.0.1:6000' }),
    catalogServiceUrl: url({ desc: 'e.g. http://127.0.0.1:8000' }),
    orderServiceUrl: url({ desc: 'e.g. http://127.0.0.1:9000' }),
    paymentServiceUrl: url({ desc: 'e.g. http://127.0.0.1:6002' }),
  });
}

export type StorefrontConfig = ReturnType<typeof readConfig>;
