import type { EventBus } from '@shop/messaging';
import type { Environment, Logger, Service } from '@shop/service-kit';
import * as storefront from '@shop/storefront';
import * as catalog from 'catalog_service';
import * as order from 'order_service';
import * as payment from 'payment_service';
import * as user from 'user_service';
import type { StackDatabase } from './database.ts';
import type { Secrets } from './secrets.ts';
import type { Ports, StackSettings, StripeAccount } from './settings.ts';

export interface NamedService {
  readonly name: string;
  readonly service: Service;
}

export interface ServicesOptions {
  readonly settings: StackSettings;
  readonly secrets: Secrets;
  readonly database: StackDatabase;
  readonly stripe: StripeAccount;
  readonly bus: EventBus;
  readonly loggerOf: (name: string) => Logger;
  /** Passed on to the services: seed accounts, time windows and the like. */
  readonly environment: Environment;
}

/**
 * The four services and the gateway, each with the settings that it would read from its own environment: they do
 * not know that they share a process. The user service comes first, as the others verify tokens by its keys.
 */
export function createServices(options: ServicesOptions): readonly NamedService[] {
  const { settings, secrets, database, stripe, bus, loggerOf, environment } = options;
  const { ports, host } = settings;
  const urls = serviceUrls(host, ports);
  const shared = {
    ...environment,
    HOST: host,
    SHOP_DEMO: '1',
    JWKS_URL: `${urls.user}/.well-known/jwks.json`,
  };
  const own = (name: string) => ({ logger: loggerOf(name), bus });
  const named = (name: string, service: Service): NamedService => ({ name, service });
  return [
    named(
      'user_service',
      user.createUserService(
        user.readConfig({
          ...shared,
          PORT: String(ports.user),
          DATABASE_URL: database.url('users'),
          JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
        }),
        own('user_service'),
      ),
    ),
    named(
      'catalog_service',
      catalog.createCatalogService(
        catalog.readConfig({ ...shared, PORT: String(ports.catalog), DATABASE_URL: database.url('catalog') }),
        own('catalog_service'),
      ),
    ),
    named(
      'order_service',
      order.createOrderService(
        order.readConfig({
          ...shared,
          PORT: String(ports.order),
          DATABASE_URL: database.url('orders'),
          CATALOG_SERVICE_URL: urls.catalog,
        }),
        own('order_service'),
      ),
    ),
    named(
      'payment_service',
      payment.createPaymentService(
        payment.readConfig({
          ...shared,
          PORT: String(ports.payment),
          ORDER_SERVICE_URL: urls.order,
          STRIPE_API_URL: stripe.url,
          STRIPE_SECRET_KEY: stripe.secretKey,
          STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
          STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
        }),
        own('payment_service'),
      ),
    ),
    named(
      'storefront',
      storefront.createStorefront(
        storefront.readConfig({
          ...shared,
          PORT: String(ports.storefront),
          USER_SERVICE_URL: urls.user,
          CATALOG_SERVICE_URL: urls.catalog,
          ORDER_SERVICE_URL: urls.order,
          PAYMENT_SERVICE_URL: urls.payment,
        }),
        own('storefront'),
      ),
    ),
  ];
}

export function serviceUrls(host: string, ports: Ports) {
  const at = (port: number) => `http://${host}:${port}`;
  return {
    storefront: at(ports.storefront),
    user: at(ports.user),
    catalog: at(ports.catalog),
    order: at(ports.order),
    payment: at(ports.payment),
    stripe: at(ports.stripe),
  };
}
