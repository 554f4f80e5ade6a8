import type { CheckoutReply } from '@shop/contracts';

/** An order that is to be paid. */
export interface OrderToPay {
  readonly checkout: CheckoutReply;
  /** The trace that the order began, which its payment goes on with. */
  readonly traceparent: string | undefined;
}

/** What order_service knows of an order that payment needs. */
export interface OrderClient {
  /**
   * The order as it is to be paid, seen with the customer's own token.
   * @throws Problem as order_service refused (`order-not-found`, `stock-pending`, `order-cancelled`,
   * `order-completed`, ...), or `order-service-unavailable`
   */
  checkout(orderNumber: string, token: string): Promise<OrderToPay>;
}
