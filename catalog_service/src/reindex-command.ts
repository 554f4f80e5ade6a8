import {
  ConfigError,
  createLogger,
  createPool,
  createShutdownHooks,
  databaseSettings,
  type Environment,
  readSettings,
  readTogether,
  withAdvisoryLock,
} from '@shop/service-kit';
import { createAllProductsRepository } from './db/all-products.repository.ts';
import { createPrisma, schema } from './db/prisma.ts';
import { type ElasticsearchSettings, readElasticsearchSettings } from './elasticsearch-settings.ts';
import { openClient } from './search/elasticsearch/client.ts';
import { indicesOf, ownerOf, reindexLock } from './search/elasticsearch/indices.ts';
import { rebuildIndex } from './search/elasticsearch/rebuild-index.ts';

/**
 * Builds a new search index while the services go on, and reports its progress on stdout. Exit code 0 when the new
 * index is in use, 1 when it could not be built (the old one stays in use), 2 for wrong settings.
 */
export async function runReindex(
  host: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr' | 'exitCode'>,
): Promise<void> {
  try {
    const { databaseUrl, elasticsearch } = readReindexSettings(host.env);
    const copied = await reindex(databaseUrl, elasticsearch, (line) => host.stdout.write(`${line}\n`));
    host.stdout.write(`done: the new index, of ${copied} products, is in use\n`);
  } catch (error) {
    host.exitCode = error instanceof ConfigError ? 2 : 1;
    host.stderr.write(`reindex: ${(error as Error).message}\n`);
  }
}

function readReindexSettings(environment: Environment) {
  const { own, elasticsearch } = readTogether(environment, {
    own: (given) => readSettings(given, databaseSettings),
    elasticsearch: readElasticsearchSettings,
  });
  if (elasticsearch === undefined)
    throw new ConfigError(['ELASTICSEARCH_URL is missing: without it, search is on PostgreSQL']);
  return { databaseUrl: own.databaseUrl, elasticsearch };
}

async function reindex(
  databaseUrl: string,
  { index: name, replicas, ...access }: ElasticsearchSettings,
  say: (line: string) => void,
): Promise<number> {
  const logger = createLogger({ name: 'reindex', level: 'error' });
  const shutdownHooks = createShutdownHooks(logger);
  try {
    const client = await openClient(access);
    shutdownHooks.add('Elasticsearch', () => client.close());
    const pool = createPool({ url: databaseUrl, name: 'reindex', schema, logger });
    shutdownHooks.add('database', () => pool.end());
    const prisma = createPrisma(pool);
    shutdownHooks.add('Prisma', () => prisma.$disconnect());
    const products = createAllProductsRepository(prisma);
    const owner = ownerOf(name, await products.database());
    const indices = await indicesOf(client, name);
    if (indices.some(({ alias }) => alias !== undefined && alias !== owner.alias))
      throw new Error('the index is of another release or shop: the service replaces it when it starts');
    const copied = await withAdvisoryLock(pool, reindexLock(name), (signal) =>
      rebuildIndex({
        ...{ client, owner, replicas, products, signal },
        onProgress: (count, total) => say(`${count} of ${total} products`),
      }),
    );
    if (copied === undefined) throw new Error('the index is being built already');
    return copied;
  } finally {
    await shutdownHooks.runAll();
  }
}
