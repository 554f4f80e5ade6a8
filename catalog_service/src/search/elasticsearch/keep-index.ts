import type { Presence } from '../../db/presence.ts';
import { createIndexKeeper, type IndexKeeper, type IndexKeeperOptions } from './index-keeper.ts';
import { aliasOf, type IndexOwner, inUseByAnother, removeUnused, stateOf } from './index-names.ts';
import { type RebuildOptions, rebuildIndex } from './reindex.ts';

export interface KeepIndexOptions
  extends Pick<RebuildOptions, 'client' | 'owner' | 'replicas' | 'products'>,
    Pick<IndexKeeperOptions, 'exclusively' | 'whileUsable' | 'logger' | 'everyMs'> {
  readonly presence: Presence;
}

/** Keeps an owner's index, and its place beside other releases that have defined theirs otherwise. */
export function keepIndex(options: KeepIndexOptions): IndexKeeper {
  const { client, owner, presence } = options;
  return createIndexKeeper({
    ...options,
    stateOf: async () => {
      // So that no other release takes the place of an index that is in use.
      await presence.enter(presenceOf(aliasOf(owner)));
      return stateOf(client, owner);
    },
    mayBuild: (hadOne) => mayReplace({ client, owner, presence, hadOne }),
    rebuild: (signal) => rebuildIndex({ ...options, signal }),
    tidy: () => removeUnused(client, owner.name),
  });
}

const presenceOf = (alias: string) => `search index ${alias}`;

export interface Claim extends Pick<KeepIndexOptions, 'client' | 'owner' | 'presence'> {
  readonly owner: IndexOwner;
  /** Whether it has had an index since it started. */
  readonly hadOne?: boolean;
}

/**
 * Whether an owner may put an index in the place of that which is in use. Not in that of another release while an
 * instance of it lives: two would do it by turns, without end. One of another database is a former one's, or another
 * shop's that was given the same name: whoever had an index before does not fight for it.
 */
export async function mayReplace({ client, owner, presence, hadOne = false }: Claim): Promise<boolean> {
  const other = await inUseByAnother(client, owner);
  if (other === undefined) return true;
  if (other.database !== owner.database) return !hadOne;
  return !(await presence.isAnybody(presenceOf(other.alias)));
}
