import { randomBytes } from 'node:crypto';
import type { CheckoutReply } from '@shop/contracts';
import { currentTrace, type User } from '@shop/service-kit';
import type { Cart, CartRepository } from '../db/cart.repository.ts';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import type { OrderRecord, OrderRepository, OrderWithHistory } from '../db/order.repository.ts';
import { type Transaction, withTransaction } from '../db/transaction.ts';
import { type Agreement, type PricedCart, priceCart } from '../domain/pricing.ts';
import { problem } from '../problems.ts';
import { SendCreateOrderMessage } from './broker.service.ts';
import type { OrderDeps } from './deps.ts';
import { applyFact } from './order-status.service.ts';
import { type OrderView, viewOrder } from './order-view.ts';

export interface CreateOrderDeps extends OrderDeps {
  readonly agreed: Agreement;
  /** Undefined without an Idempotency-Key: then every request is a new one. */
  readonly request: IdempotentRequest | undefined;
}

/**
 * Makes an order of the customer's cart, empties the cart and asks catalog for the stock: all of it, or nothing.
 * @throws Problem what `priceCart` says, `cart-changed`, `request-in-progress` or `idempotency-key-reused`
 */
export async function CreateOrder(
  userId: number,
  repo: OrderRepository,
  cartRepo: CartRepository,
  deps: CreateOrderDeps,
): Promise<OrderView> {
  const { db, idempotency, request, metrics } = deps;
  // In this order: a repeat that finds the cart emptied by the first request also finds that request's reply.
  const cart = await cartRepo.find(userId);
  const earlier = await idempotency.find(request);
  if (earlier !== undefined) return earlier;
  if (cart === undefined) throw problem('cart-empty');
  const priced = await priceNow(cart, deps).catch(async (error: unknown) => {
    // The first request may have taken the last pieces since.
    const reply = await idempotency.find(request);
    if (reply === undefined) throw error;
    return { reply };
  });
  if ('reply' in priced) return priced.reply;
  return withTransaction(db, (tx) =>
    idempotency.once(tx, request, async () => {
      const order = await saveOrder(userId, cart, priced, repo, tx, deps);
      await SendCreateOrderMessage(order, tx);
      tx.afterCommit(metrics.orderCreated);
      return order;
    }),
  );
}

async function priceNow({ lines }: Cart, deps: CreateOrderDeps): Promise<PricedCart> {
  const ids = lines.map((line) => line.productId);
  const items = ids.length > 0 ? await deps.catalog.getStock(ids) : [];
  return priceCart(lines, items, deps.agreed, deps.config.minOrderAmount);
}

async function saveOrder(
  customerId: number,
  cart: Cart,
  priced: PricedCart,
  repo: OrderRepository,
  tx: Transaction,
  { config }: OrderDeps,
): Promise<OrderView> {
  // 80 random bits, short enough to read out on the telephone.
  const orderNumber = randomBytes(10).toString('hex').toUpperCase();
  const traceparent = currentTrace()?.traceparent ?? null;
  const fields = { orderNumber, customerId, windowMs: config.stockWindowMs, traceparent, ...priced };
  const order = await repo.insert(tx, cart, fields);
  if (order === undefined) throw problem('cart-changed');
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
 * Cancels an order, whatever its status; its stock and its money go back.
 * @throws Problem `order-not-found` or `order-cancelled`
 */
export async function cancelOrder(
  orderNumber: string,
  user: User,
  deps: OrderDeps,
): Promise<OrderWithHistory> {
  await withTransaction(deps.db, async (tx) => {
    const order = visibleTo(user, await deps.orders.lock(tx, orderNumber));
    const by = order.customerId === user.id ? 'customer' : 'admin';
    const { refused } = await applyFact(order, { type: 'cancel-asked', by }, tx, deps);
    if (refused) throw orderCancelled(order);
  });
  return getOrder(orderNumber, user, deps);
}

function visibleTo<O extends OrderRecord>(user: User, order: O | undefined): O {
  if (order !== undefined && (user.role === 'admin' || order.customerId === user.id)) return order;
  throw problem('order-not-found');
}

const orderCancelled = ({ reason }: OrderRecord) =>
  problem('order-cancelled', { detail: `This order was cancelled: ${reason}.`, reason });
