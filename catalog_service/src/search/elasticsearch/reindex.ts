import { setTimeout as delay } from 'node:timers/promises';
import type { AllProductsRepository, StoredProduct } from '../../db/all-products.repository.ts';
import { createBulkWriter, type WriteDocuments } from './bulk-writer.ts';
import type { Client } from './client.ts';
import { documentOf, tombstoneOf } from './document.ts';
import { definition } from './index-definition.ts';
import {
  aliasOf,
  buildingAlias,
  type IndexOwner,
  indicesOf,
  metaOf,
  newIndexName,
  removeUnused,
  settle,
} from './index-names.ts';

export interface RebuildOptions {
  readonly client: Client;
  readonly owner: IndexOwner;
  readonly replicas: number;
  readonly products: AllProductsRepository;
  /** Called after each batch. */
  readonly onProgress?: (copied: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Longer than any transaction takes and any two clocks differ: what began before we looked may be seen after. */
const marginMs = 10 * 60_000;

/** Searches that began on the old index may end on it. */
const graceMs = 1_000;

/**
 * Builds a new index of all products beside the one in use, and puts it in its place in one step. Events go on to be
 * written to the old one meanwhile; what they changed is copied again, before the change of place and after it. (A
 * copy never takes the place of a later version.) When it fails half-way, the old index stays in use; what is left
 * over goes at the next time. One at a time; should two run nevertheless, one of them fails.
 * @returns how many products there are in the new index
 */
export async function rebuildIndex(options: RebuildOptions): Promise<number> {
  const { client, owner, products, onProgress, signal } = options;
  await removeUnused(client, owner.name);
  const index = await createIndex(options);
  const since = new Date((await products.now()).getTime() - marginMs);
  const total = await products.count();
  let copied = 0;
  const toNew = copyTo(client, buildingAlias(owner.name), signal);
  await toNew(products.read(), (count) => {
    copied += count;
    onProgress?.(copied, Math.max(total, copied));
  });
  await toNew(products.read({ since }));
  await client.indices.putSettings({ index, settings: { refresh_interval: '1s' } });
  await client.indices.refresh({ index });
  signal?.throwIfAborted();
  await putInUse(client, owner, index);
  await copyTo(client, aliasOf(owner), signal)(products.read({ since }));
  await delay(graceMs);
  signal?.throwIfAborted();
  await removeUnused(client, owner.name);
  await settle(client, owner);
  return copied;
}

async function createIndex({ client, owner, replicas }: RebuildOptions): Promise<string> {
  const index = newIndexName(owner.name);
  const { settings, mappings } = definition(replicas);
  await client.indices.create({
    index,
    mappings: { ...mappings, _meta: metaOf(owner) },
    settings: { ...settings, refresh_interval: '-1' },
    aliases: { [buildingAlias(owner.name)]: {} },
  });
  return index;
}

/** In one step, so that at any time one index of the name is in use, by one owner. */
async function putInUse(client: Client, owner: IndexOwner, index: string): Promise<void> {
  const old = (await indicesOf(client, owner.name)).flatMap((each) =>
    each.alias === undefined ? [] : [{ remove: { index: each.index, alias: each.alias } }],
  );
  await client.indices.updateAliases({
    actions: [
      { remove: { index, alias: buildingAlias(owner.name), must_exist: true } },
      ...old,
      { add: { index, alias: aliasOf(owner) } },
    ],
  });
}

function copyTo(client: Client, alias: string, signal: AbortSignal | undefined) {
  const write = createBulkWriter(client, { index: alias, requireAlias: true });
  return async (batches: AsyncIterable<readonly StoredProduct[]>, onBatch?: (count: number) => void) => {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      await writeAll(write, batch);
      onBatch?.(batch.length);
    }
  };
}

async function writeAll(write: WriteDocuments, batch: readonly StoredProduct[]): Promise<void> {
  const failures = [...(await write(batch.map(toDocument))).values()];
  if (failures.length > 0) throw new AggregateError(failures, `${failures[0]?.message}`);
}

const toDocument = ({ product, deleted }: StoredProduct) =>
  deleted ? tombstoneOf(product.id, product.version) : documentOf(product);
