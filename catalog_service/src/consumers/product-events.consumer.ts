import type { EventData, ShopEvent } from '@shop/contracts';
import {
  type EventBus,
  type EventMetrics,
  PermanentError,
  type Subscription,
  subscribe,
} from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import DataLoader from 'dataloader';
import type { Product } from '../domain/product.ts';
import { documentOf, tombstoneOf, type Versioned } from '../search/elasticsearch/document.ts';

export const indexerGroup = 'catalog_search_indexer';

export interface ProductEventsOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  /** Gives for each document what went wrong with it, if anything did. */
  readonly write: (documents: readonly Versioned[]) => Promise<(Error | undefined)[]>;
  readonly metrics?: EventMetrics;
}

const batchSize = 500;
const batchWaitMs = 10;

/**
 * Keeps the search index up to date with the events. Nothing is lost while Elasticsearch is unavailable, for an event is
 * done with only when it has been written; nothing is undone by one that comes late or again, for its version is old.
 */
export function consumeProductEvents(options: ProductEventsOptions): Promise<Subscription> {
  const { bus, logger, write, metrics } = options;
  // Events that come at nearly the same time are written together.
  const writer = new DataLoader<Versioned, undefined>(write, {
    cache: false,
    maxBatchSize: batchSize,
    batchScheduleFn: (send) => setTimeout(send, batchWaitMs),
  });
  return subscribe({
    bus,
    group: indexerGroup,
    topic: 'ProductEvents',
    handle: (event) => writer.load(toDocument(event)),
    logger,
    concurrency: batchSize,
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
      return tombstoneOf(event.data);
    default:
      throw new PermanentError(`${event.type} is not about a product`);
  }
}

/** Events have the whole product; what their contract leaves open has the value that it has in a new one. */
function productOf(data: EventData<'PRODUCT_UPSERTED'>): Product {
  const { id, name, price, currency, stock, version } = data;
  const { description = '', category = null, tags = [], imageUrl = null } = data;
  const { sku = null, groupId = null, options = {}, media = [] } = data;
  const { createdAt = new Date(0).toISOString(), updatedAt = createdAt } = data;
  const revision = typeof data['revision'] === 'number' ? data['revision'] : 1;
  return {
    ...{ id, name, description, price, currency, stock, category, tags, imageUrl },
    ...{ sku, groupId, options: options as Product['options'], media },
    ...{ revision, version, createdAt, updatedAt },
  };
}
