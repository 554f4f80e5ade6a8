import type { Actor, AuditTrail, Logger } from '@shop/service-kit';
import type { CatalogClient } from '../clients/catalog-client.ts';
import type { PaymentClient } from '../clients/payment-client.ts';
import type { OrderConfig } from '../config.ts';
import type { CartRepository } from '../db/cart.repository.ts';
import type { DisputeRepository } from '../db/dispute.repository.ts';
import type { IdempotencyRepository } from '../db/idempotency.repository.ts';
import type { OrderRepository } from '../db/order.repository.ts';
import type { OrderDatabase } from '../db/transaction.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { OrderStreams } from './order-streams.service.ts';

/** What the functions of this service work with; `app.ts` makes it. */
export interface OrderDeps {
  readonly config: OrderConfig;
  readonly logger: Logger;
  readonly metrics: OrderMetrics;
  readonly db: OrderDatabase;
  readonly carts: CartRepository;
  readonly orders: OrderRepository;
  readonly disputes: DisputeRepository;
  readonly idempotency: IdempotencyRepository;
  readonly catalog: CatalogClient;
  readonly payments: PaymentClient;
  readonly streams: OrderStreams;
  readonly audit: AuditTrail;
}

/** What an administrator does is told of them. */
export interface ByAdmin {
  readonly by: Actor;
}
