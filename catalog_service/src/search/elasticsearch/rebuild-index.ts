import { setTimeout as delay } from 'node:timers/promises';
import type { AllProductsRepository } from '../../db/all-products.repository.ts';
import type { Client } from './client.ts';
import { documentOf, tombstoneOf, writeDocuments } from './document.ts';
import { definition } from './index-definition.ts';
import { buildingAlias, type IndexOwner, newIndexName, putInUse, removeUnused, settle } from './indices.ts';

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
  const { client, owner, replicas, products, onProgress, signal } = options;
  const { settings, mappings } = definition(replicas);
  const index = newIndexName(owner.name);
  const building = buildingAlias(owner.name);

  async function copy(alias: string, since?: Date, onBatch?: (copied: number) => void): Promise<number> {
    let copied = 0;
    for await (const batch of products.read({ since })) {
      signal?.throwIfAborted();
      const documents = batch.map(({ product, deleted }) => (deleted ? tombstoneOf : documentOf)(product));
      const failures = await writeDocuments(client, alias, documents);
      for (const failure of failures) if (failure !== undefined) throw failure;
      copied += batch.length;
      onBatch?.(copied);
    }
    return copied;
  }

  await removeUnused(client, owner.name);
  await client.indices.create({
    index,
    mappings,
    settings: { ...settings, refresh_interval: '-1' },
    aliases: { [building]: {} },
  });
  const since = new Date((await products.now()).getTime() - marginMs);
  const total = await products.count();
  const copied = await copy(building, undefined, (count) => onProgress?.(count, Math.max(total, count)));
  await copy(building, since);
  await client.indices.putSettings({ index, settings: { refresh_interval: settings.refresh_interval } });
  await client.indices.refresh({ index });
  signal?.throwIfAborted();
  await putInUse(client, owner, index);
  await copy(owner.alias, since);
  await delay(graceMs);
  signal?.throwIfAborted();
  await removeUnused(client, owner.name);
  await settle(client, owner, index);
  return copied;
}
