import type { EventBus } from '@shop/messaging';
import type { Environment, HttpAppOptions, Logger, Service } from '@shop/service-kit';
import * as storefront from '@shop/storefront';
import * as catalog from 'catalog_service';
import * as order from 'order_service';
import * as payment from 'payment_service';
import * as user from 'user_service';
import { type ServiceName, serviceNames } from './environments.ts';
import type { RunningService } from './processes.ts';

interface ServiceDeps {
  readonly logger: Logger;
  readonly bus: EventBus;
  readonly observer?: NonNullable<HttpAppOptions['observer']>;
}

const create: Readonly<Record<ServiceName, (environment: Environment, deps: ServiceDeps) => Service>> = {
  user_service: (environment, deps) => user.createUserService(user.readConfig(environment), deps),
  // Without Kafka the search engine would not learn of changes.
  catalog_service: (environment, deps) =>
    catalog.createCatalogService(catalog.readConfig({ ...environment, ELASTICSEARCH_URL: undefined }), deps),
  order_service: (environment, deps) => order.createOrderService(order.readConfig(environment), deps),
  payment_service: (environment, deps) => payment.createPaymentService(payment.readConfig(environment), deps),
  storefront: (environment, deps) => storefront.createStorefront(storefront.readConfig(environment), deps),
};

/** The four services and the gateway in this process; they do not know that they share it. */
export function createServices(
  environments: Readonly<Record<ServiceName, Environment>>,
  bus: EventBus,
  loggerOf: (name: string) => Logger,
  observerOf: (name: ServiceName) => HttpAppOptions['observer'] = () => undefined,
): readonly RunningService[] {
  return serviceNames.map((name) => {
    const observer = observerOf(name);
    const deps = { bus, logger: loggerOf(name), ...(observer && { observer }) };
    const { start, stop } = create[name](environments[name], deps);
    return { name, start, stop };
  });
}
