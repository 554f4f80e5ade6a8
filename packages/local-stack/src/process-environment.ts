import { readKafkaSettings } from '@shop/messaging';
import { ConfigError, type Environment } from '@shop/service-kit';
import * as storefront from '@shop/storefront';
import * as catalog from 'catalog_service';
import * as order from 'order_service';
import * as payment from 'payment_service';
import * as user from 'user_service';
import type { ServiceName } from './environments.ts';

type Reader = (environment: Environment) => unknown;

const readers: Readonly<Record<ServiceName, readonly Reader[]>> = {
  user_service: [user.readConfig],
  catalog_service: [catalog.readConfig, readKafkaSettings],
  order_service: [order.readConfig, readKafkaSettings],
  payment_service: [payment.readConfig, readKafkaSettings],
  storefront: [storefront.readConfig],
};

/** What the system, Node and OpenTelemetry's SDK read themselves, and every service's logger. */
const everyProcess =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|NODE_\w+|UV_\w+|SSL_CERT_(FILE|DIR)|OTEL_\w+|LOG_LEVEL(_FILE)?)$/i;

/** Of an environment what the process of a service reads: no setting of another service, nothing else of the caller's. */
export function processEnvironment(name: ServiceName, environment: Environment): Environment {
  const asked = new Set(Object.keys(environment).filter((variable) => everyProcess.test(variable)));
  const asking = new Proxy(environment, {
    get: (all, variable: string) => {
      asked.add(variable);
      return all[variable];
    },
  });
  for (const read of readers[name]) ignoreProblems(() => read(asking));
  return Object.fromEntries([...asked].map((variable) => [variable, environment[variable]]));
}

/** The process says itself what is wrong with its settings. */
function ignoreProblems(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}
