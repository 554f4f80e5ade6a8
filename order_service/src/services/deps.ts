import type { Logger } from '@shop/service-kit';
import type { CatalogClient } from '../clients/catalog-client.ts';
import type { OrderConfig } from '../config.ts';
import type { CartRepository } from '../db/cart.repository.ts';
import type { IdempotencyRepository } from '../db/idempotency.repository.ts';
import type { OrderRepository } from '../db/order.repository.ts';
import type { OrderDatabase } from '../db/transaction.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { OrderStreams } from './order-streams.service.ts';
import type { OrderView } from './order-view.ts';

/** What the functions of this service work with; `app.ts` makes it. */
export interface OrderDeps {
  readonly config: OrderConfig;
  readonly logger: Logger;
  readonly metrics: OrderMetrics;
  readonly db: OrderDatabase;
  readonly carts: CartRepository;
  readonly orders: OrderRepository;
  readonly idempotency: IdempotencyRepository<OrderView>;
  readonly catalog: CatalogClient;
  readonly streams: OrderStreams;
}
