import { consumerGroups, topics } from '@shop/contracts';
import { type KafkaConnectionOptions, readPartitionsBehind, type Subscribed } from '@shop/messaging';
import type { Notes } from '../report.ts';
import type { Windows } from '../windows.ts';

/** Of what catalog_service feeds to Elasticsearch; on the bus of one process there is none. */
const indexer: Subscribed = { topic: 'ProductEvents', group: 'catalog_search_indexer' };

const groups: readonly Subscribed[] = topics.flatMap((topic) =>
  consumerGroups[topic].map((group) => ({ topic, group })),
);

/** Invariant 5, for consumers without an inbox too: what has been on a topic for some time was handled. */
export async function checkTopics(
  kafka: KafkaConnectionOptions,
  hasIndex: boolean,
  { settleSeconds }: Windows,
  notes: Notes,
): Promise<void> {
  const subscribed = hasIndex ? [...groups, indexer] : groups;
  const found = await readPartitionsBehind(kafka, subscribed, Date.now() - settleSeconds * 1_000);
  for (const { topic, group, partition, behind } of found)
    notes.found(
      'partition-behind',
      {},
      `${group} has ${behind} to handle in partition ${partition} of ${topic}`,
    );
  notes.checked('topics', subscribed.length);
}
