import type { Client } from './client.ts';
import { unlessMissing } from './client.ts';
import { definitionHash } from './definition.ts';

/** A new index of an alias: the alias and the time. */
export const newIndexName = (alias: string) => `${alias}-${new Date().toISOString().replace(/\D/g, '')}`;

/** What is written to while it is being built: it goes with its index, so that no write can make one by mistake. */
export const buildingAlias = (alias: string) => `${alias}-building`;

/** The indices that {@link newIndexName} named: an alias of "shop" must not take those of "shop-test" for its own. */
export async function indicesOf(client: Client, alias: string): Promise<string[]> {
  const found = await client.indices.get({
    index: `${alias}-*`,
    features: ['aliases'],
    expand_wildcards: 'all',
  });
  return Object.keys(found).filter((name) => /^-\d{17}$/.test(name.slice(alias.length)));
}

/** Missing: none, or one that was built for other searches. Unsettled: complete, but its last touches are missing. */
export type IndexState = 'missing' | 'unsettled' | 'settled';

export async function stateOf(client: Client, alias: string): Promise<IndexState> {
  const found = await unlessMissing(client.indices.getMapping({ index: alias }));
  const [index, ...others] = Object.values(found ?? {});
  const meta = index?.mappings._meta;
  if (others.length > 0 || meta?.['definition'] !== definitionHash) return 'missing';
  return meta['settled'] === true ? 'settled' : 'unsettled';
}

export async function settle(client: Client, alias: string): Promise<void> {
  await client.indices.putMapping({ index: alias, _meta: { definition: definitionHash, settled: true } });
}
