import {
  ConfigError,
  createLogger,
  createPool,
  createShutdownHooks,
  databaseSettings,
  type Environment,
  readSettings,
  readTogether,
} from '@shop/service-kit';
import { withAdvisoryLock } from '../../db/advisory-lock.ts';
import { createAllProductsRepository } from '../../db/all-products.repository.ts';
import { createPresence } from '../../db/presence.ts';
import { createPrisma, schema } from '../../db/prisma.ts';
import { type ElasticsearchSettings, readElasticsearchSettings } from '../../elasticsearch-settings.ts';
import { openClient } from './client.ts';
import { definitionHash } from './index-definition.ts';
import { mayReplace } from './index-keeper.ts';
import { reindexLock } from './index-names.ts';
import { rebuildIndex } from './reindex.ts';

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
  { url: node, index: name, replicas }: ElasticsearchSettings,
  say: (line: string) => void,
): Promise<number> {
  const logger = createLogger({ name: 'reindex', level: 'error' });
  const shutdownHooks = createShutdownHooks(logger);
  try {
    const client = await openClient(node);
    shutdownHooks.add('Elasticsearch', () => client.close());
    const pool = createPool({ url: databaseUrl, name: 'reindex', schema, logger });
    shutdownHooks.add('database', () => pool.end());
    const prisma = createPrisma(pool);
    shutdownHooks.add('Prisma', () => prisma.$disconnect());
    const products = createAllProductsRepository(prisma);
    const owner = { name, database: await products.database(), definition: definitionHash };
    // They would replace the new index with their own.
    if (!(await mayReplace({ client, owner, presence: createPresence(pool) })))
      throw new Error('instances of another release use the index');
    const onProgress = (copied: number, total: number) => say(`${copied} of ${total} products`);
    const copied = await withAdvisoryLock(pool, reindexLock(name), (signal) =>
      rebuildIndex({ client, owner, replicas, products, onProgress, signal }),
    );
    if (copied === undefined) throw new Error('the index is being built already');
    return copied;
  } finally {
    await shutdownHooks.runAll();
  }
}
