import { randomBytes } from 'node:crypto';
import type { CheckoutReply, EventData, OrderStatus } from '@shop/contracts';
import { AppError, type User, violates } from '@shop/service-kit';
import type { CatalogClient } from '../clients/catalog-client.ts';
import type { Cart, CartRepository } from '../db/cart-repository.ts';
import type { OrderFilter, OrderRepository, OrderWithHistory } from '../db/order-repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { type Agreement, type AmountRange, type PricedCart, priceCart } from '../domain/pricing.ts';
import { SendCreateOrderMessage } from './broker.service.ts';
import type { Once } from './idempotency.ts';
import { applyFact, type OrderLifeDeps } from './order-life.ts';
import { type OrderView, viewOrder } from './order-view.ts';

export interface CreateOrderDeps {
  readonly catalog: CatalogClient;
  readonly amountRange: AmountRange;
  readonly stockWindowMs: number;
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
  const source = { cartId: cart.id, cartVersion: cart.version };
  const times = { expiresAt, dueAt: expiresAt };
  const orderNumber = newOrderNumber();
  try {
    return viewOrder(
      await repo.insert(tx, { orderNumber, customerId, ...source, amount, currency, ...times, items: lines }),
    );
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
  const { amount, currency, status, customerId, paymentId } = order;
  return { orderNumber, amount, currency, status, customerId, paymentId };
}

function refuseUnpayable({ status, reason }: OrderWithHistory): void {
  if (status === 'pending') {
    const message = 'The stock of this order is being reserved. Try again in a moment.';
    throw new AppError('conflict', 'stock-pending', message, { retryAfter: 1 });
  }
  if (status === 'cancelled') {
    throw new AppError('conflict', 'order-cancelled', `This order was cancelled: ${reason}.`, {
      details: { reason },
    });
  }
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

export interface ListRequest {
  readonly status?: OrderStatus | undefined;
  readonly limit: number;
  readonly offset: number;
  /** Everybody's orders, for administrators. */
  readonly all: boolean;
}

export async function ListOrders(request: ListRequest, repo: OrderRepository, user: User) {
  const { all, limit, offset, status } = request;
  if (all && user.role !== 'admin') {
    throw new AppError('forbidden', 'admin-only', 'Only an administrator may list all orders.');
  }
  const filter: OrderFilter = { limit, offset, status, customerId: all ? undefined : user.id };
  const { items, total } = await repo.list(filter);
  return { items: items.map(viewOrder), total, limit, offset };
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
    if (refused) throw new AppError('conflict', 'order-cancelled', 'This order is cancelled already.');
  });
  return GetOrder(orderNumber, repo, user);
}

const maySee = (user: User, order: { customerId: number }) =>
  user.role === 'admin' || order.customerId === user.id;

export const orderNotFound = () => new AppError('not-found', 'order-not-found', 'There is no such order.');
