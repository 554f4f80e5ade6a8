/** What a webhook makes worth a look: nothing of it is believed but which payment, and that a refund failed. */
export interface PaymentHint {
  readonly paymentId: string;
  /** A refund that did not reach the customer. */
  readonly failedRefund?: string;
}
