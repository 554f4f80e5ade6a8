import type { ShopEvent } from '@shop/contracts';
import {
  type EventBus,
  type EventMetrics,
  PermanentError,
  type Subscription,
  subscribe,
} from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import { createBatcher } from './batcher.ts';
import type { WriteDocuments } from './bulk-writer.ts';
import { documentOf, productOf, tombstoneOf, type Versioned } from './document.ts';

export const indexerGroup = 'catalog_search_indexer';

export interface IndexerOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly write: WriteDocuments;
  readonly metrics?: EventMetrics;
}

/**
 * Keeps the index as the events say. Nothing is lost while Elasticsearch is away, for an event is done with only when
 * it has been written; nothing is undone by one that comes late or again, for its version is an old one.
 */
export function startIndexer(options: IndexerOptions): Promise<Subscription> {
  const { bus, logger, write, metrics } = options;
  const batcher = createBatcher({ write });
  return subscribe({
    bus,
    group: indexerGroup,
    topic: 'ProductEvents',
    handle: (event) => batcher.add(toDocument(event)),
    logger,
    concurrency: 500,
    lastRetryMs: 2_000,
    // What can never be written says so at once; all else comes right with Elasticsearch, however long that takes.
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
      throw new PermanentError(`${event.type} says nothing of a product`);
  }
}
