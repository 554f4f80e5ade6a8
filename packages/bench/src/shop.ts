import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { createStack, readStackSettings } from '@shop/local-stack';
import { freePort } from '@shop/postgres-server';
import { createLogger } from '@shop/service-kit';

/** The shop as `pnpm start` runs it, in a process of its own, on free ports and new data. Tells its parent where. */
const portNames = ['STOREFRONT', 'USER_SERVICE', 'CATALOG_SERVICE', 'ORDER_SERVICE', 'PAYMENT_SERVICE'];
const ports = [...portNames, 'FAKE_STRIPE', 'FAKE_MAIL', 'FAKE_MAIL_SMTP', 'POSTGRES'].map(
  (name) => `${name}_PORT`,
);
const free = await Promise.all(ports.map(async (name) => [name, String(await freePort())] as const));
const dataDir = await mkdtemp(join(tmpdir(), 'shop-bench-'));
const environment = {
  ...process.env,
  ...Object.fromEntries(free),
  SHOP_DATA_DIR: dataDir,
  // A few customers stand for many, and none of them pays.
  MAX_OPEN_ORDERS: '0',
  MAX_HELD_PIECES: '0',
  // All load comes from one address.
  LIMIT_CLIENTS: 'false',
  // Used with a Kafka and an Elasticsearch only, which others may use too.
  KAFKA_PREFIX: `${basename(dataDir).toLowerCase()}.`,
  ELASTICSEARCH_INDEX: basename(dataDir).toLowerCase(),
};
const stack = createStack({
  settings: readStackSettings(environment, dataDir),
  environment,
  // As in production, but for where the lines go.
  loggerOf: (name) => createLogger({ name, level: 'info', destination: { write: () => {} } }),
  // Tells when an effect became visible, to the microsecond.
  postgresSettings: { track_commit_timestamp: 'on' },
});

async function stop(): Promise<void> {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
  process.exit();
}
process.on('disconnect', () => void stop());
// Ctrl-C reaches the whole group: the parent ends, and this one after it.
process.on('SIGINT', () => {});

await stack.start();
const urlOf = (schema: 'messaging' | 'orders' | 'catalog') => stack.databaseUrl(schema);
const databases = { bare: urlOf('messaging'), orders: urlOf('orders'), catalog: urlOf('catalog') };
process.send?.({ urls: stack.urls, databases, pids: stack.processes.flatMap(({ pid }) => pid ?? []) });
