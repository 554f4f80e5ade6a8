import { randomBytes } from 'node:crypto';
import type { CheckoutReply } from '@shop/contracts';
import { currentTrace, difference, type User } from '@shop/service-kit';
import type { Cart, CartRepository } from '../db/cart.repository.ts';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import type { LockedOrder, OrderRecord, OrderRepository, OrderWithHistory } from '../db/order.repository.ts';
import { type Statement, type Transaction, withStatement, withTransaction } from '../db/transaction.ts';
import { type Agreement, type PricedCart, priceCart } from '../domain/pricing.ts';
import { problem } from '../problems.ts';
import { SendCreateOrderMessage } from './broker.service.ts';
import type { ByAdmin, OrderDeps } from './deps.ts';
import { commitOnce } from './once-per-key.ts';
import { applyFact } from './order-status.service.ts';
import { type OrderView, viewOrder } from './order-view.ts';

export interface CreateOrderDeps extends OrderDeps {
  readonly agreed: Agreement;
  /** Undefined without an Idempotency-Key: then every request is a new one. */
  readonly request: IdempotentRequest | undefined;
  /** Of a guest; null of others. */
  readonly guestAddress: string | null;
}

/**
 * Makes an order of the customer's cart, empties the cart and asks catalog for the stock: all of it, or nothing.
 * @throws Problem what `priceCart` says, `cart-changed`, `too-many-open-orders`, `request-in-progress` or `idempotency-key-reused`
 */
export async function CreateOrder(
  userId: number,
  repo: OrderRepository,
  cartRepo: CartRepository,
  deps: CreateOrderDeps,
): Promise<OrderView> {
  const { idempotency, request, guestAddress, metrics } = deps;
  // In this order: a repeat that finds the cart emptied by the first request also finds that request's reply.
  const cart = await cartRepo.find(userId);
  const earlier = await idempotency.find<OrderView>(request);
  if (earlier !== undefined) return earlier;
  if (cart === undefined) throw problem('cart-empty');
  const priced = await priceNow(cart, deps).catch(async (error: unknown) => {
    // The first request may have taken the last pieces since.
    const reply = await idempotency.find<OrderView>(request);
    if (reply === undefined) throw error;
    return { reply };
  });
  if ('reply' in priced) return priced.reply;
  const save = async (at: Statement) => {
    const order = await saveOrder(userId, cart, priced, repo, at, deps);
    at.afterCommit(metrics.orderCreated);
    return order;
  };
  if (request === undefined && guestAddress === null) return withStatement(deps.db, save);
  return commitOnce(request, deps, async (tx) => {
    if (guestAddress !== null) await repo.lockAddress(tx, guestAddress);
    return save(tx);
  });
}

async function priceNow(cart: Cart, { agreed, catalog, config }: CreateOrderDeps): Promise<PricedCart> {
  const ids = cart.lines.map((line) => line.productId);
  const { deliveryMethods, minOrderAmount: leastAmount } = config;
  const items = ids.length > 0 ? await catalog.getStock(ids) : [];
  return priceCart(cart, { catalog: items, deliveryMethods, leastAmount }, agreed);
}

async function saveOrder(
  customerId: number,
  cart: Cart,
  priced: PricedCart,
  repo: OrderRepository,
  at: Statement,
  { config, guestAddress }: CreateOrderDeps,
): Promise<OrderView> {
  // 80 random bits, short enough to read out on the telephone.
  const orderNumber = randomBytes(10).toString('hex').toUpperCase();
  const traceparent = currentTrace()?.traceparent ?? null;
  const most = {
    orders: config.maxOpenOrders,
    pieces: config.maxHeldPieces,
    ordersOfAddress: config.maxOpenOrdersPerGuestAddress,
    piecesOfAddress: config.maxHeldPiecesPerGuestAddress,
  };
  const windowMs = config.stockWindowMs;
  const fields = { orderNumber, customerId, guestAddress, windowMs, most, traceparent, ...priced };
  const insert = (event: string) => repo.insert(at, cart, fields, event);
  const order = await SendCreateOrderMessage(fields, { at, insert });
  if (order === 'full') throw problem('too-many-open-orders');
  if (order === 'changed') throw problem('cart-changed');
  return viewOrder(order);
}

/**
 * What payment_service needs to take the money for an order that can be paid now.
 * @throws Problem `order-not-found`, `stock-pending`, `order-cancelled`, `nothing-to-pay` or `order-completed`
 */
export async function CheckoutOrder(
  orderNumber: string,
  repo: OrderRepository,
  user: User,
): Promise<Required<CheckoutReply>> {
  const order = await repo.find(orderNumber);
  if (order === undefined || order.customerId !== user.id) throw problem('order-not-found');
  const { amount, currency, status, customerId, paymentId, traceparent } = order;
  if (status === 'cancelled') throw orderCancelled(order);
  if (amount === 0) throw problem('nothing-to-pay');
  if (status === 'pending') throw problem('stock-pending');
  if (status === 'completed') throw problem('order-completed');
  return { orderNumber, amount, currency, status, customerId, paymentId, traceparent };
}

/**
 * The order, for its customer and for administrators.
 * @throws Problem `order-not-found`
 */
export async function getOrder(
  orderNumber: string,
  user: User,
  { orders }: OrderDeps,
): Promise<OrderWithHistory> {
  return visibleTo(user, await orders.find(orderNumber));
}

/**
 * Cancels an order of which nothing was shipped, whatever its status; its stock and its money go back.
 * @throws Problem `order-not-found`, `order-cancelled` or `order-shipped`
 */
export async function cancelOrder(
  orderNumber: string,
  user: User,
  deps: OrderDeps & ByAdmin,
): Promise<OrderWithHistory> {
  await withTransaction(deps.db, async (tx) => {
    const order = visibleTo(user, await deps.orders.lock(tx, orderNumber));
    const by = order.customerId === user.id ? 'customer' : 'admin';
    const { refused } = await applyFact(order, { type: 'cancel-asked', by }, tx, deps);
    if (refused) throw order.status === 'cancelled' ? orderCancelled(order) : problem('order-shipped');
    if (by === 'customer') return;
    const details = { orderNumber, ...difference({ status: order.status }, { status: 'cancelled' }) };
    await deps.audit.add(tx, [{ kind: 'order-cancelled', ...deps.by, details }]);
  });
  return getOrder(orderNumber, user, deps);
}

/** @throws Problem `order-not-found` */
export async function lockOrder(
  orderNumber: string,
  tx: Transaction,
  { orders }: OrderDeps,
): Promise<LockedOrder> {
  const order = await orders.lock(tx, orderNumber);
  if (order === undefined) throw problem('order-not-found');
  return order;
}

function visibleTo<O extends OrderRecord>(user: User, order: O | undefined): O {
  if (order !== undefined && (user.role === 'admin' || order.customerId === user.id)) return order;
  throw problem('order-not-found');
}

export const orderCancelled = ({ reason }: OrderRecord) =>
  problem('order-cancelled', { detail: `This order was cancelled: ${reason}.`, reason });
