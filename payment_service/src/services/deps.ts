import type { Logger } from '@shop/service-kit';
import type { OrderClient } from '../clients/order-client.ts';
import type { PaymentConfig } from '../config.ts';
import type { PaymentGateway } from '../domain/payment-gateway.ts';
import type { PaymentMetrics } from '../metrics.ts';
import type { PublishDispute, PublishPayment } from './broker.service.ts';

/** What the functions of this service work with; `app.ts` makes it. */
export interface PaymentDeps {
  readonly config: PaymentConfig;
  readonly logger: Logger;
  readonly metrics: PaymentMetrics;
  readonly gateway: PaymentGateway;
  readonly orders: OrderClient;
  readonly publish: PublishPayment;
  readonly publishDispute: PublishDispute;
}
