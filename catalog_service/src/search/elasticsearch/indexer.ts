import type { ShopEvent } from '@shop/contracts';
import {
  type EventBus,
  type EventMetrics,
  PermanentError,
  type Subscription,
  subscribe,
} from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import DataLoader from 'dataloader';
import type { WriteDocuments } from './bulk-writer.ts';
import { documentOf, productOf, tombstoneOf, type Versioned } from './document.ts';

export const indexerGroup = 'catalog_search_indexer';

export interface IndexerOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly write: WriteDocuments;
  readonly metrics?: EventMetrics;
}

const batch = { size: 500, waitMs: 10 };

/**
 * Keeps the index up to date with the events. Nothing is lost while Elasticsearch is unavailable, for an event is
 * done with only when it has been written; nothing is undone by one that comes late or again, for its version is old.
 */
export function startIndexer({ bus, logger, write, metrics }: IndexerOptions): Promise<Subscription> {
  // Events that come at nearly the same time are written together.
  const writer = new DataLoader<Versioned, undefined>(
    async (documents) => {
      const failures = await write(documents);
      return documents.map((_, position) => failures.get(position));
    },
    {
      cache: false,
      maxBatchSize: batch.size,
      batchScheduleFn: (send) => setTimeout(send, batch.waitMs),
    },
  );
  return subscribe({
    bus,
    group: indexerGroup,
    topic: 'ProductEvents',
    handle: (event) => writer.load(toDocument(event)),
    logger,
    concurrency: batch.size,
    lastRetryMs: 2_000,
    // What can never be written fails at once; all else is retried until Elasticsearch takes it.
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    metrics,
  });
}

function toDocument(event: ShopEvent): Versioned {
  switch (event.type) {
    case 'PRODUCT_UPSERTED':
      return documentOf(productOf(event.data));
    case 'PRODUCT_DELETED':
      return tombstoneOf(event.data.id, event.data.version);
    default:
      throw new PermanentError(`${event.type} is not about a product`);
  }
}
