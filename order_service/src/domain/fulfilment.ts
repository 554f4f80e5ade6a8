import type { OrderStatus } from '@shop/contracts';

/** How far the goods of an order have come, beside its status. Only a completed order leaves `none`. */
export const fulfilments = ['none', 'partial', 'shipped', 'delivered'] as const;
export type Fulfilment = (typeof fulfilments)[number];

export const shipmentStatuses = ['shipped', 'delivered'] as const;
export type ShipmentStatus = (typeof shipmentStatuses)[number];

export const shippingFacts = ['shipped', 'delivered', 'refunded'] as const;
export type ShippingFactType = (typeof shippingFacts)[number];

/** How it stands once the fact has happened. */
export interface ShippingFact {
  readonly type: ShippingFactType;
  /** Pieces are left that can still be shipped. */
  readonly isMoreToShip: boolean;
  /** Shipments are left that have not arrived. */
  readonly isMoreToArrive: boolean;
}

/** Undefined: that cannot happen now, and the caller who asked for it is told no. */
type Rule = (fact: ShippingFact) => Fulfilment | undefined;

const refused: Rule = () => undefined;

const stay: Rule = () => 'none';

const goOn: Rule = ({ isMoreToShip, isMoreToArrive }) => {
  if (isMoreToShip) return 'partial';
  return isMoreToArrive ? 'shipped' : 'delivered';
};

/** Every way that the goods of an order can go. The type makes the compiler refuse a missing cell. */
export const shippingRules: Readonly<Record<Fulfilment, Readonly<Record<ShippingFactType, Rule>>>> = {
  none: { shipped: goOn, delivered: refused, refunded: stay },
  partial: { shipped: goOn, delivered: goOn, refunded: goOn },
  shipped: { shipped: refused, delivered: goOn, refunded: goOn },
  delivered: { shipped: refused, delivered: refused, refunded: goOn },
};

const shippable: Readonly<Record<OrderStatus, boolean>> = {
  // Not paid yet, and what is not paid may end.
  pending: false,
  processing: false,
  completed: true,
  cancelled: false,
};

/** @returns what the fulfilment of the order is then; undefined when the fact is refused */
export function fulfil(
  { status, fulfilment }: { readonly status: OrderStatus; readonly fulfilment: Fulfilment },
  fact: ShippingFact,
): Fulfilment | undefined {
  // What is under way arrives, whatever has become of the order meanwhile.
  return shippable[status] || fact.type !== 'shipped'
    ? shippingRules[fulfilment][fact.type](fact)
    : undefined;
}

/** So many of a product. */
export type Pieces = Readonly<Record<'productId' | 'qty', number>>;

export interface ShortPieces extends Pieces {
  readonly shippable: number;
}

/** What of a shipment is more than can still be shipped. */
export const exceeding = (wanted: readonly Pieces[], unshipped: readonly Pieces[]): ShortPieces[] =>
  wanted
    .map((line) => ({
      ...line,
      shippable: unshipped.find(({ productId }) => productId === line.productId)?.qty ?? 0,
    }))
    .filter(({ qty, shippable }) => qty > shippable);

/** Each product once: a request may name one in several lines. */
export function sumLines(lines: readonly Pieces[]): Pieces[] {
  const sums = new Map<number, number>();
  for (const { productId, qty } of lines) sums.set(productId, (sums.get(productId) ?? 0) + qty);
  return [...sums].map(([productId, qty]) => ({ productId, qty }));
}
