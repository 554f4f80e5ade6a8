import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { type Client, unlessMissing } from './client.ts';

/** Whose index it is: of one definition, and a copy of one database. */
export interface IndexOwner {
  /** What the names of all its indices and aliases begin with, and those of its other releases. */
  readonly name: string;
  readonly database: string;
  readonly definition: string;
}

/**
 * What an owner searches and writes to. It says whose it is, so that nobody ever searches or writes to an index of
 * another definition or of another database, at whatever moment one takes the other's place.
 */
export function aliasOf({ name, database, definition }: IndexOwner): string {
  const print = createHash('sha256').update(`${database} ${definition}`).digest('hex').slice(0, 16);
  return `${name}-${print}`;
}

/** The advisory lock of the one that builds the indices of a name. */
export const reindexLock = (name: string) => `reindex ${name}`;

/** A new index of a name: the name and the time. */
export const newIndexName = (name: string) => `${name}-${new Date().toISOString().replace(/\D/g, '')}`;

/** What is written to while it is being built: it goes with its index, so that no write can make one by mistake. */
export const buildingAlias = (name: string) => `${name}-building`;

export interface FoundIndex {
  readonly index: string;
  /** That of its owner, once it is complete and in use. */
  readonly alias: string | undefined;
  readonly isBuilding: boolean;
  readonly database: string | undefined;
}

/** The indices that {@link newIndexName} named: "shop" must not take those of "shop-test" for its own. */
export async function indicesOf(client: Client, name: string): Promise<FoundIndex[]> {
  const found = await client.indices.get({
    index: `${name}-*`,
    features: ['aliases', 'mappings'],
    expand_wildcards: 'all',
  });
  return Object.entries(found)
    .filter(([index]) => /^-\d{17}$/.test(index.slice(name.length)))
    .map(([index, { aliases = {}, mappings }]) => ({
      index,
      alias: Object.keys(aliases).find((alias) => /^-[0-9a-f]{16}$/.test(alias.slice(name.length))),
      isBuilding: buildingAlias(name) in aliases,
      database: mappings?._meta?.['database'],
    }));
}

/** Missing: none is complete. Unsettled: complete, but its last touches are missing. */
export type IndexState = 'missing' | 'unsettled' | 'settled';

export async function stateOf(client: Client, owner: IndexOwner): Promise<IndexState> {
  const found = await unlessMissing(client.indices.getMapping({ index: aliasOf(owner) }));
  const [index, ...others] = Object.values(found ?? {});
  if (index === undefined || others.length > 0) return 'missing';
  return index.mappings._meta?.['settled'] === true ? 'settled' : 'unsettled';
}

export const metaOf = ({ database, definition }: IndexOwner): estypes.Metadata => ({ database, definition });

export async function settle(client: Client, owner: IndexOwner): Promise<void> {
  await client.indices.putMapping({ index: aliasOf(owner), _meta: { ...metaOf(owner), settled: true } });
}

/**
 * Deletes what nobody searches. Whoever thinks that he is still building one cannot put it in use any more, for it
 * has lost the alias that he needs for that.
 */
export async function removeUnused(client: Client, name: string): Promise<void> {
  const unused = (await indicesOf(client, name)).filter(({ alias }) => alias === undefined);
  const alias = buildingAlias(name);
  const actions = unused
    .filter(({ isBuilding }) => isBuilding)
    .map(({ index }) => ({ remove: { index, alias, must_exist: true } }));
  if (actions.length > 0) await client.indices.updateAliases({ actions });
  if (unused.length > 0) await client.indices.delete({ index: unused.map(({ index }) => index) });
}

export interface IndexInUse extends FoundIndex {
  readonly alias: string;
}

/** What is in use now of another owner, if anything is. */
export async function inUseByAnother(client: Client, owner: IndexOwner): Promise<IndexInUse | undefined> {
  const own = aliasOf(owner);
  const isAnothers = (each: FoundIndex): each is IndexInUse => each.alias !== undefined && each.alias !== own;
  return (await indicesOf(client, owner.name)).find(isAnothers);
}
