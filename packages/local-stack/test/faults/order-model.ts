/** What the shop must have come to, without a thought of events, retries and crashes. */
export interface Model {
  stock: number;
  /** Whether the customer has no account yet. */
  isGuest: boolean;
  /** Whether Stripe says nothing of what is done in its dashboard for now. */
  areWebhooksHeld: boolean;
  readonly orders: ModelOrder[];
}

export interface ModelOrder {
  readonly qty: number;
  status: 'processing' | 'completed' | 'cancelled';
  readonly shipments: { readonly qty: number; isDelivered: boolean }[];
  /** Pieces that refunds are about, and how many of them had never been shipped. */
  refundedPieces: number;
  refundedUnshipped: number;
  /** What was charged, less what was given back. */
  kept: number;
}

export const price = 1_250;

/** Its stock is reserved. */
export function ordered(qty: number, model: Model): ModelOrder {
  const order: ModelOrder = {
    qty,
    status: 'processing',
    shipments: [],
    refundedPieces: 0,
    refundedUnshipped: 0,
    kept: 0,
  };
  model.orders.push(order);
  model.stock -= qty;
  return order;
}

export function paid(order: ModelOrder): void {
  order.status = 'completed';
  order.kept = order.qty * price;
}

/** The money goes back, and what was never shipped and never decided about. */
export function cancelled(order: ModelOrder, model: Model): void {
  model.stock += unshippedOf(order);
  order.status = 'cancelled';
  order.kept = 0;
}

/** An order of which nothing is kept any more is over. */
export function refunded(order: ModelOrder, amount: number, model: Model): void {
  order.kept -= amount;
  if (order.kept === 0) cancelled(order, model);
}

/** Pieces that never left are not shipped any more. */
export function cameBack(order: ModelOrder, qty: number, restock: boolean, model: Model): void {
  order.refundedUnshipped += Math.min(qty, unshippedOf(order));
  order.refundedPieces += qty;
  if (restock) model.stock += qty;
  refunded(order, qty * price, model);
}

export const shippedOf = ({ shipments }: ModelOrder) => shipments.reduce((sum, { qty }) => sum + qty, 0);

export const unshippedOf = (order: ModelOrder) => order.qty - shippedOf(order) - order.refundedUnshipped;

export function fulfilmentOf(order: ModelOrder): string {
  if (order.shipments.length === 0) return 'none';
  if (unshippedOf(order) > 0) return 'partial';
  return order.shipments.every(({ isDelivered }) => isDelivered) ? 'delivered' : 'shipped';
}
