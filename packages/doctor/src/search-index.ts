import { request } from 'undici';

export interface SearchIndexOptions {
  /** May hold a user and a password. */
  readonly url: string;
  readonly apiKey?: string;
  /** What the names of its indices and aliases begin with. */
  readonly name: string;
}

const limitMs = 10_000;

/** What catalog_service keeps in Elasticsearch. Only reads. */
export function createSearchIndex({ url, apiKey, name }: SearchIndexOptions) {
  const { origin, pathname, username, password } = new URL(url);
  const base = `${origin}${pathname.replace(/\/$/, '')}`;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const basic = username && `Basic ${Buffer.from(user).toString('base64')}`;
  const authorization = apiKey ? `ApiKey ${apiKey}` : basic;

  async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const reply = await request(`${base}${path}`, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(limitMs),
    });
    if (reply.statusCode === 200) return reply.body.json();
    await reply.body.dump();
    throw new Error(`Elasticsearch answers ${reply.statusCode} to ${method} ${path}`);
  }
  return {
    /** The alias of the index in use: the name and a hash; undefined when none is in use. */
    findAlias: async (): Promise<string | undefined> => {
      const indices = (await ask('GET', `/_alias`)) as Record<string, { aliases: Record<string, unknown> }>;
      const aliases = Object.values(indices).flatMap((index) => Object.keys(index.aliases));
      return aliases.find(
        (alias) => alias.startsWith(name) && /^-[0-9a-f]{16}$/.test(alias.slice(name.length)),
      );
    },
    /** The versions of the documents of these products that are there. */
    versionsOf: async (alias: string, ids: readonly number[]): Promise<ReadonlyMap<number, number>> => {
      const { docs } = (await ask('POST', `/${alias}/_mget?_source=false`, { ids: ids.map(String) })) as {
        docs: readonly { readonly _id: string; readonly _version?: number }[];
      };
      return new Map(
        docs.flatMap(({ _id, _version }) => (_version === undefined ? [] : [[Number(_id), _version]])),
      );
    },
  };
}
