import { createHash } from 'node:crypto';
import type { Client } from './client.ts';
import { definitionHash } from './index-definition.ts';

/** Whose index it is: of one definition, and a copy of one database. */
export interface IndexOwner {
  /** What the names of all its indices and aliases begin with, and those of other releases. */
  readonly name: string;
  /**
   * What is searched and written to. It stands for the definition and the database, so that nobody ever searches or
   * writes to an index of another, at whatever moment one takes the other's place.
   */
  readonly alias: string;
}

export function ownerOf(name: string, database: string, definition = definitionHash): IndexOwner {
  const hash = createHash('sha256').update(`${database} ${definition}`).digest('hex').slice(0, 16);
  return { name, alias: `${name}-${hash}` };
}

/** The advisory lock of the one that builds the indices of a name. */
export const reindexLock = (name: string) => `reindex ${name}`;

/** A new index of a name: the name and the time. */
export const newIndexName = (name: string) => `${name}-${new Date().toISOString().replace(/\D/g, '')}`;

/** What is written to while an index is being built: it goes with its index, so that no write can make one. */
export const buildingAlias = (name: string) => `${name}-building`;

/** That of an index in use of which the last changes are still missing. */
const unsettledAlias = (name: string) => `${name}-unsettled`;

export interface FoundIndex {
  readonly index: string;
  /** That of its owner, once it is in use. */
  readonly alias: string | undefined;
  readonly isBuilding: boolean;
  readonly isSettled: boolean;
}

/** The indices that {@link newIndexName} named: "shop" must not take those of "shop-test" for its own. */
export async function indicesOf(client: Client, name: string): Promise<FoundIndex[]> {
  const found = await client.indices.get({ index: `${name}-*`, expand_wildcards: 'all' });
  return Object.entries(found)
    .filter(([index]) => /^-\d{17}$/.test(index.slice(name.length)))
    .map(([index, { aliases = {} }]) => ({
      index,
      alias: Object.keys(aliases).find((alias) => /^-[0-9a-f]{16}$/.test(alias.slice(name.length))),
      isBuilding: buildingAlias(name) in aliases,
      isSettled: !(unsettledAlias(name) in aliases),
    }));
}

/** Takes the place of what is in use. In one step, so that at any time one index of the name is, by one owner. */
export async function putInUse(client: Client, { name, alias }: IndexOwner, index: string): Promise<void> {
  const inUse = (await indicesOf(client, name)).filter((each) => each.alias !== undefined);
  await client.indices.updateAliases({
    actions: [
      { remove: { index, alias: buildingAlias(name), must_exist: true } },
      ...inUse.map((old) => ({ remove: { index: old.index, alias: `${old.alias}` } })),
      { add: { index, aliases: [alias, unsettledAlias(name)] } },
    ],
  });
}

export async function settle(client: Client, { name }: IndexOwner, index: string): Promise<void> {
  await client.indices.deleteAlias({ index, name: unsettledAlias(name) });
}

/**
 * Deletes what nobody searches. An instance that believes it is still building one cannot put it in use any more, for
 * the index has lost the alias that it needs for that.
 */
export async function removeUnused(client: Client, name: string): Promise<void> {
  for (const { index, alias, isBuilding } of await indicesOf(client, name)) {
    if (alias !== undefined) continue;
    const remove = { index, alias: buildingAlias(name), must_exist: true };
    if (isBuilding) await client.indices.updateAliases({ actions: [{ remove }] });
    await client.indices.delete({ index });
  }
}
