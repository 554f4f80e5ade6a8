import { type EventBus, type EventMetrics, type Subscription, subscribe } from '@shop/messaging';
import type { Logger } from '@shop/service-kit';
import { type CatalogDeps, handleBrokerMessage } from '../services/catalog.service.ts';

export interface CatalogEventsOptions {
  readonly deps: CatalogDeps;
  readonly bus: EventBus;
  readonly giveUpAfterMs: number;
  readonly logger: Logger;
  readonly metrics: EventMetrics;
}

/** Handles what order_service publishes: new and cancelled orders. */
export function consumeCatalogEvents({ deps, ...options }: CatalogEventsOptions): Promise<Subscription> {
  return subscribe({
    ...options,
    group: 'catalog_service',
    topic: 'CatalogEvents',
    handle: (message) => handleBrokerMessage(message, deps),
  });
}
