import { setTimeout as delay } from 'node:timers/promises';
import type { ProductBatches, StoredProduct } from '../../db/product-batches.ts';
import { createBulkWriter, type WriteDocuments } from './bulk-writer.ts';
import type { Client } from './client.ts';
import { definition } from './definition.ts';
import { documentOf, tombstoneOf } from './document.ts';
import { buildingAlias, indicesOf, newIndexName, settle } from './index-names.ts';

export interface RebuildOptions {
  readonly client: Client;
  /** What searches and events go to. */
  readonly alias: string;
  readonly replicas: number;
  readonly products: ProductBatches;
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
 * over goes at the next time. Must not run twice at a time.
 * @returns how many products there are in the new index
 */
export async function rebuildIndex(options: RebuildOptions): Promise<number> {
  const { client, alias, replicas, products, onProgress, signal } = options;
  const old = await aliased(client, alias);
  await removeLeftovers(client, alias, old);
  const index = newIndexName(alias);
  const building = buildingAlias(alias);
  const { settings, mappings } = definition(replicas);
  await client.indices.create({
    index,
    mappings,
    settings: { ...settings, refresh_interval: '-1' },
    aliases: { [building]: {} },
  });
  const since = new Date((await products.now()).getTime() - marginMs);
  const total = await products.count();
  let copied = 0;
  const toNew = copyTo(createBulkWriter(client, { index: building, requireAlias: true }), signal);
  await toNew(products.read(), (count) => {
    copied += count;
    onProgress?.(copied, Math.max(total, copied));
  });
  await toNew(products.read({ since }));
  await client.indices.putSettings({ index, settings: { refresh_interval: '1s' } });
  await client.indices.refresh({ index });
  await client.indices.updateAliases({
    actions: [
      { remove: { index, alias: building, must_exist: true } },
      ...old.map((each) => ({ remove: { index: each, alias } })),
      { add: { index, alias } },
    ],
  });
  const toSwapped = copyTo(createBulkWriter(client, { index: alias, requireAlias: true }), signal);
  await toSwapped(products.read({ since }));
  await delay(graceMs);
  if (old.length > 0) await client.indices.delete({ index: old });
  await settle(client, alias);
  return copied;
}

function copyTo(write: WriteDocuments, signal: AbortSignal | undefined) {
  return async (batches: AsyncIterable<readonly StoredProduct[]>, onBatch?: (count: number) => void) => {
    for await (const batch of batches) {
      signal?.throwIfAborted();
      const failures = [...(await write(batch.map(toDocument))).values()];
      if (failures.length > 0) throw new AggregateError(failures, `${failures[0]?.message}`);
      onBatch?.(batch.length);
    }
  };
}

const toDocument = ({ product, deleted }: StoredProduct) =>
  deleted ? tombstoneOf(product.id, product.version) : documentOf(product);

async function aliased(client: Client, alias: string): Promise<string[]> {
  const exists = await client.indices.existsAlias({ name: alias });
  return exists ? Object.keys(await client.indices.getAlias({ name: alias })) : [];
}

async function removeLeftovers(client: Client, alias: string, inUse: readonly string[]): Promise<void> {
  const leftovers = (await indicesOf(client, alias)).filter((index) => !inUse.includes(index));
  if (leftovers.length > 0) await client.indices.delete({ index: leftovers });
}
