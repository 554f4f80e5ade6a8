import { randomUUID } from 'node:crypto';
import type { Client } from '../../src/search/elasticsearch/client.ts';
import { openClient } from '../../src/search/elasticsearch/client.ts';

export const elasticsearchUrl = process.env['ELASTICSEARCH_URL'] ?? '';

/** Indices of one test file: no other has their prefix. */
export function createTestIndices() {
  const prefix = `test-${randomUUID()}`;
  let made = 0;
  let client: Client | undefined;
  const open = async () => {
    client ??= await openClient({ url: elasticsearchUrl });
    return client;
  };
  return {
    open,
    newName: () => `${prefix}-${made++}`,
    removeAll: async () => {
      const indices = await (await open()).cat.indices({ index: `${prefix}*`, format: 'json' });
      const names = indices.flatMap(({ index }) => index ?? []);
      if (names.length > 0) await client?.indices.delete({ index: names });
      await client?.close();
    },
  };
}

export type TestIndices = ReturnType<typeof createTestIndices>;
