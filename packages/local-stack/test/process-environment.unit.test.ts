import { type ServiceName, serviceNames } from '../src/environments.ts';
import { processEnvironment } from '../src/process-environment.ts';

const ofTheCaller = {
  PATH: '/bin',
  HOME: 'a home',
  NODE_EXTRA_CA_CERTS: '/ca.pem',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  LOG_LEVEL: 'debug',
  SHUTDOWN_PAUSE_MS: '1000',
};
const settings: Record<string, readonly ServiceName[]> = {
  JWT_PRIVATE_KEY: ['user_service'],
  SEED_ADMIN_PASSWORD: ['user_service'],
  LOGINS_PER_ADDRESS: ['user_service'],
  DATABASE_URL: ['user_service', 'catalog_service', 'order_service'],
  ELASTICSEARCH_API_KEY: ['catalog_service'],
  DELIVERY_METHODS_FILE: ['order_service'],
  STRIPE_SECRET_KEY: ['payment_service'],
  STRIPE_WEBHOOK_SECRET_FILE: ['payment_service'],
  SERVICE_SECRETS: ['user_service', 'catalog_service', 'order_service', 'payment_service'],
  KAFKA_BROKERS: ['catalog_service', 'order_service', 'payment_service'],
  KAFKA_PASSWORD: ['catalog_service', 'order_service', 'payment_service'],
  PAYMENT_SERVICE_URL: ['order_service', 'storefront'],
  LIMIT_CLIENTS: ['storefront'],
  AWS_SECRET_ACCESS_KEY: [],
  GITHUB_TOKEN: [],
  POSTGRES_PASSWORD: [],
  SHOP_DATA_DIR: [],
};
const environment = {
  ...ofTheCaller,
  ...Object.fromEntries(Object.keys(settings).map((name) => [name, `of ${name}`])),
};

it.each(serviceNames)('a process of %s gets what it reads, and nothing else of the environment', (name) => {
  const given = Object.entries(processEnvironment(name, environment)).filter(([, value]) => value);
  const known = Object.keys(settings).filter((setting) => settings[setting]?.includes(name));
  expect(given.map(([variable]) => variable).sort()).toEqual([...Object.keys(ofTheCaller), ...known].sort());
});
