import { randomBytes } from 'node:crypto';
import type { CheckoutReply, EventData } from '@shop/contracts';
import { AppError, currentTrace, type User, violates } from '@shop/service-kit';
import type { CatalogClient } from '../clients/catalog-client.ts';
import type { Cart, CartRepository } from '../db/cart-repository.ts';
import type { OrderRecord, OrderWithHistory } from '../db/order-queries.ts';
import type { OrderRepository } from '../db/order-repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { type Agreement, type AmountRange, type PricedCart, priceCart } from '../domain/pricing.ts';
import type { OrderMetrics } from '../metrics.ts';
import type { OrderView } from '../schemas/order-replies.ts';
import { SendCreateOrderMessage } from './broker.service.ts';
import type { Once } from './idempotency.ts';
import { applyFact, type OrderLifeDeps } from './order-life.ts';
import { viewOrder } from './order-view.ts';

export interface CreateOrderDeps {
  readonly catalog: CatalogClient;
  readonly amountRange: AmountRange;
  readonly stockWindowMs: number;
  readonly metrics: Pick<OrderMetrics, 'orderCreated'>;
  /** The total that the customer agreed to, when the request names it. */
  readonly agreed?: Agreement | undefined;
  readonly once: Once<OrderView>;
}

/**
 * Makes an order of the customer's cart, empties the cart and asks catalog for the stock: all of it, or nothing.
 */
export async function CreateOrder(
  userId: number,
  repo: OrderRepository,
  cartRepo: CartRepository,
  deps: CreateOrderDeps,
): Promise<OrderView> {
  // In this order: a repeat that finds the cart emptied by the first request also finds that request's reply.
  const cart = await cartRepo.find(userId);
  const earlier = await deps.once.earlier();
  if (earlier !== undefined) return earlier;
  const priced = await priceToday(cart, deps);
  return repo.inTransaction((tx) =>
    deps.once.run(tx, async () => {
      const locked = await cartRepo.lock(tx, userId);
      if (locked.version !== cart?.version) throw cartChanged();
      const order = await saveOrder(userId, repo, tx, locked, priced, deps.stockWindowMs);
      await cartRepo.empty(tx, locked);
      await SendCreateOrderMessage(createOrderMessage(order), tx);
      tx.afterCommit(deps.metrics.orderCreated);
      return order;
    }),
  );
}

async function priceToday(cart: Cart | undefined, deps: CreateOrderDeps): Promise<PricedCart> {
  const lines = cart?.lines ?? [];
  const { items } =
    lines.length > 0 ? await deps.catalog.getStock(lines.map((line) => line.productId)) : { items: [] };
  return priceCart(lines, items, deps.agreed, deps.amountRange);
}

async function saveOrder(
  customerId: number,
  repo: OrderRepository,
  tx: Transaction,
  cart: Cart,
  { amount, currency, lines }: PricedCart,
  stockWindowMs: number,
): Promise<OrderView> {
  const expiresAt = new Date(Date.now() + stockWindowMs);
  const order = {
    orderNumber: newOrderNumber(),
    customerId,
    cartId: cart.id,
    cartVersion: cart.version,
    amount,
    currency,
    items: lines,
    expiresAt,
    dueAt: expiresAt,
    traceparent: currentTrace()?.traceparent ?? null,
  };
  try {
    return viewOrder(await repo.insert(tx, order));
  } catch (error) {
    if (violates(error, 'orders_cart_version')) throw cartChanged();
    throw error;
  }
}

function createOrderMessage(order: OrderView): EventData<'CREATE_ORDER'> {
  const { orderNumber, customerId, amount, currency, status, paymentId, items } = order;
  return { orderNumber, customerId, amount, currency, status, txnId: paymentId, orderItems: [...items] };
}

/** 80 random bits, short enough to read out on the telephone. */
const newOrderNumber = () => randomBytes(10).toString('hex').toUpperCase();

const cartChanged = () =>
  new AppError(
    'conflict',
    'cart-changed',
    'The cart was changed while it was being ordered. Look at it again.',
  );

/** What payment_service needs to ask for the money of an order that can be paid now. */
export async function CheckoutOrder(
  orderNumber: string,
  repo: OrderRepository,
  user: User,
): Promise<CheckoutReply> {
  const order = await repo.find(orderNumber);
  if (order === undefined || order.customerId !== user.id) throw orderNotFound();
  refuseUnpayable(order);
  const { amount, currency, status, customerId, paymentId, traceparent } = order;
  return { orderNumber, amount, currency, status, customerId, paymentId, traceparent };
}

function refuseUnpayable(order: OrderRecord): void {
  const { status } = order;
  if (status === 'pending') {
    const message = 'The stock of this order is being reserved. Try again in a moment.';
    throw new AppError('conflict', 'stock-pending', message, { retryAfter: 1 });
  }
  if (status === 'cancelled') throw orderCancelled(order);
  if (status === 'completed')
    throw new AppError('conflict', 'order-completed', 'This order is paid already.');
}

/** The order, for its customer and for administrators. */
export async function GetOrder(
  orderNumber: string,
  repo: OrderRepository,
  user: User,
): Promise<OrderWithHistory> {
  const order = await repo.find(orderNumber);
  if (order === undefined || !maySee(user, order)) throw orderNotFound();
  return order;
}

/** Cancels an order in whatever state it is; its stock and its money go back. */
export async function CancelOrder(
  orderNumber: string,
  repo: OrderRepository,
  user: User,
  deps: OrderLifeDeps,
): Promise<OrderWithHistory> {
  await repo.inTransaction(async (tx) => {
    const order = await repo.lock(tx, orderNumber);
    if (order === undefined || !maySee(user, order)) throw orderNotFound();
    const by = order.customerId === user.id ? 'customer' : 'admin';
    const { refused } = await applyFact(order, { type: 'cancel-asked', by }, repo, tx, deps);
    if (refused) throw orderCancelled(order);
  });
  return GetOrder(orderNumber, repo, user);
}

const maySee = (user: User, order: { customerId: number }) =>
  user.role === 'admin' || order.customerId === user.id;

const orderCancelled = ({ reason }: OrderRecord) =>
  new AppError('conflict', 'order-cancelled', `This order was cancelled: ${reason}.`, {
    details: { reason },
  });

export const orderNotFound = () => new AppError('not-found', 'order-not-found', 'There is no such order.');
