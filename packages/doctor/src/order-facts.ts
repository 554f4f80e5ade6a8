import type { OrderStatus } from '@shop/contracts';

/** All that the databases say of an order, at one moment. */
export interface OrderFacts {
  readonly id: number;
  readonly orderNumber: string;
  /** As text: a Date would lose the microseconds by which pages are cut. */
  readonly createdAt: string;
  readonly status: OrderStatus;
  readonly reason: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly paymentId: string | null;
  /** Its history says that this payment has succeeded. */
  readonly isPaid: boolean;
  readonly isYoung: boolean;
  /** Its time is over by more than an event needs. */
  readonly isOverdue: boolean;
  readonly wanted: readonly { readonly productId: number; readonly qty: number }[];
  readonly movements: readonly Movement[];
  /** Of catalog_service; null when there is none. */
  readonly reservation: 'reserved' | 'rejected' | 'released' | null;
}

export interface Movement {
  readonly productId: number;
  readonly delta: number;
}
