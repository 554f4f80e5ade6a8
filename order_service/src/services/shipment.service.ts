import { difference } from '@shop/service-kit';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import type { LockedOrder } from '../db/order.repository.ts';
import { refundRepository } from '../db/refund.repository.ts';
import { type ShipmentRecord, shipmentRepository } from '../db/shipment.repository.ts';
import { type Transaction, withTransaction } from '../db/transaction.ts';
import {
  exceeding,
  type Fulfilment,
  fulfil,
  type Pieces,
  type ShippingFactType,
  sumLines,
} from '../domain/fulfilment.ts';
import { remainingOf } from '../domain/refund.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { ByAdmin, OrderDeps } from './deps.ts';
import { oncePerKey } from './once-per-key.ts';
import { lockOrder, orderCancelled } from './order.service.ts';
import { viewShipment } from './order-view.ts';

export type ShipmentView = Pick<Schemas['ShipmentSaved'], 'shipment' | 'fulfilment'>;

/**
 * Writes down that something of a completed order was sent: these lines, or all that is left.
 * @throws Problem `order-not-found`, `order-cancelled`, `order-not-completed`, `nothing-to-ship`, `too-many-pieces`,
 * `request-in-progress` or `idempotency-key-reused`
 */
export async function createShipment(
  orderNumber: string,
  { lines, carrier, tracking }: Schemas['ShipmentRequest'],
  request: IdempotentRequest | undefined,
  deps: OrderDeps & ByAdmin,
): Promise<ShipmentView> {
  return oncePerKey(request, deps, async (tx) => {
    const order = await lockOrder(orderNumber, tx, deps);
    const left = await shipmentRepository.unshipped(tx, order.id);
    const sent = lines === undefined ? left : sumLines(lines);
    requireShippable(order, sent, left);
    await requireUnrefunded(order, tx);
    const id = await shipmentRepository.insert(tx, order.id, { carrier, tracking, lines: sent });
    const data = { orderNumber, shipmentId: id, carrier, tracking, lines: sent };
    await tx.addEvents([{ type: 'SHIPMENT_CREATED', key: orderNumber, data }]);
    const details = { orderNumber, shipmentId: id, before: null, after: { lines: sent } };
    await deps.audit.add(tx, [{ kind: 'shipment-created', ...deps.by, details }]);
    return applyShippingFact(order, 'shipped', id, tx, deps);
  });
}

/**
 * Corrects a shipment, or writes down that it has arrived; to say that again changes nothing.
 * @throws Problem `order-not-found` or `shipment-not-found`
 */
export async function changeShipment(
  orderNumber: string,
  id: number,
  change: Schemas['ShipmentChange'],
  deps: OrderDeps & ByAdmin,
): Promise<ShipmentView> {
  return withTransaction(deps.db, async (tx) => {
    const order = await lockOrder(orderNumber, tx, deps);
    const shipment = find(await shipmentRepository.list(tx, order.id), id);
    await shipmentRepository.update(tx, id, change);
    const { status, carrier, tracking } = shipment;
    const { before, after } = difference(
      { status, carrier, tracking },
      { status, carrier, tracking, ...change },
    );
    const details = { orderNumber, shipmentId: id, before, after };
    if (Object.keys(after ?? {}).length > 0)
      await deps.audit.add(tx, [{ kind: 'shipment-changed', ...deps.by, details }]);
    if (change.status !== 'delivered' || shipment.status === 'delivered') {
      const corrected = find(await shipmentRepository.list(tx, order.id), id);
      return { shipment: viewShipment(corrected), fulfilment: order.fulfilment };
    }
    const data = { orderNumber, shipmentId: id };
    await tx.addEvents([{ type: 'SHIPMENT_DELIVERED', key: orderNumber, data }]);
    return applyShippingFact(order, 'delivered', id, tx, deps);
  });
}

function requireShippable(order: LockedOrder, sent: readonly Pieces[], left: readonly Pieces[]): void {
  if (order.status === 'cancelled') throw orderCancelled(order);
  if (order.status !== 'completed') throw problem('order-not-completed');
  if (left.length === 0) throw problem('nothing-to-ship');
  const lines = exceeding(sent, left);
  if (lines.length > 0) throw problem('too-many-pieces', { lines });
}

/** While all that was paid is on its way back, nothing leaves. */
async function requireUnrefunded(order: LockedOrder, tx: Transaction): Promise<void> {
  if (order.amount === 0) return;
  const refunds = await refundRepository.ofOrder(tx, order.id);
  if (remainingOf({ ...order, refunds }) <= 0)
    throw problem('nothing-to-ship', { detail: 'All that was paid for this order is being given back.' });
}

/** Once the shipment is written as the fact says: the order's fulfilment and its history. */
async function applyShippingFact(
  order: LockedOrder,
  type: 'shipped' | 'delivered',
  id: number,
  tx: Transaction,
  { orders, streams, logger }: OrderDeps,
): Promise<ShipmentView> {
  const shipments = await shipmentRepository.list(tx, order.id);
  const fulfilment = await fulfilmentAfter(order, type, shipments, tx);
  // What the rows say and what the order says are changed together, so neither can be ahead.
  if (fulfilment === undefined)
    throw new Error(`${type} cannot happen to an order that is ${order.fulfilment}.`);
  const shipment = find(shipments, id);
  const { carrier, tracking } = shipment;
  const details = { shipment: { id, carrier, tracking } };
  await orders.update(tx, order, { fulfilment }, { cause: type, details, eventId: null });
  tx.afterCommit(() => {
    logger.info({ orderNumber: order.orderNumber, shipmentId: id, fulfilment }, `order ${type}`);
    streams.nudge(order.id);
  });
  return { shipment: viewShipment(shipment), fulfilment };
}

/** What a refund takes can be shipped no more, and what a failed one had taken can be again. */
export async function followRefunds(
  order: LockedOrder,
  tx: Transaction,
  { orders, streams }: Pick<OrderDeps, 'orders' | 'streams'>,
): Promise<void> {
  if (order.fulfilment === 'none') return;
  const shipments = await shipmentRepository.list(tx, order.id);
  const fulfilment = await fulfilmentAfter(order, 'refunded', shipments, tx);
  if (fulfilment === undefined || fulfilment === order.fulfilment) return;
  await orders.update(tx, order, { fulfilment });
  tx.afterCommit(() => streams.nudge(order.id));
}

async function fulfilmentAfter(
  order: LockedOrder,
  type: ShippingFactType,
  shipments: readonly ShipmentRecord[],
  tx: Transaction,
): Promise<Fulfilment | undefined> {
  const isMoreToShip = (await shipmentRepository.unshipped(tx, order.id)).length > 0;
  const isMoreToArrive = shipments.some(({ status }) => status !== 'delivered');
  return fulfil(order, { type, isMoreToShip, isMoreToArrive });
}

function find(shipments: readonly ShipmentRecord[], wanted: number): ShipmentRecord {
  const shipment = shipments.find(({ id }) => id === wanted);
  if (shipment === undefined) throw problem('shipment-not-found');
  return shipment;
}
