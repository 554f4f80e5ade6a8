import { randomUUID } from 'node:crypto';
import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import { createMerchant } from '../support/merchant.ts';
import { withHeld, withoutRelay } from './hold.ts';
import type { World } from './world.ts';

/** A point between two steps at which the process that takes them is killed. */
export interface CrashPoint {
  readonly name: string;
  /** @returns the order that was on its way, with two pieces of the product */
  crash(world: World, customer: Customer, productId: number): Promise<string>;
}

type Service = 'catalog_service' | 'order_service' | 'payment_service';

/** In-process it is the one that has them all. */
const pidsOf = (world: World, service: Service) =>
  world
    .processes()
    .flatMap(({ name, pid }) => (world.bus === 'in-process' || name.startsWith(service) ? [pid] : []));

const owners = { orders: 'order_service', catalog: 'catalog_service' } as const;
type Schema = keyof typeof owners;

const unsent = async (world: World, schema: Schema, orderNumber: string) =>
  (await world.ledger.sql(schema, 'SELECT FROM outbox WHERE key = $1 AND sent_at IS NULL', [orderNumber]))
    .length;

/** @param work what adds an event of the order, whose number it gives */
async function killBeforeSend(world: World, schema: Schema, work: () => Promise<string>): Promise<string> {
  let orderNumber = '';
  await withoutRelay(world, schema, async (letGo) => {
    orderNumber = await work();
    await waitFor(() => unsent(world, schema, orderNumber), { what: `an event in the outbox of ${schema}` });
    await world.kill(pidsOf(world, owners[schema]), letGo);
  });
  return orderNumber;
}

const afterCommitBeforeSend = (schema: Schema): CrashPoint => ({
  name: `kill -9 of ${owners[schema]} after the commit, before the send`,
  crash: (world, customer, productId) => killBeforeSend(world, schema, () => customer.order(productId, 2)),
});

const afterSendBeforeMark = (schema: Schema): CrashPoint => ({
  name: `kill -9 of ${owners[schema]} after the send, before the mark`,
  crash: async (world, customer, productId) => {
    let orderNumber = '';
    await withHeld(world, { table: `${schema}.outbox`, on: 'UPDATE' }, async ({ untilHeld, drop }) => {
      orderNumber = await customer.order(productId, 2);
      await untilHeld();
      await world.kill(pidsOf(world, owners[schema]), drop);
    });
    return orderNumber;
  },
});

const beforeCommitOfAnOrder: CrashPoint = {
  name: 'kill -9 of order_service before the commit of an order',
  crash: async (world, customer, productId) => {
    await customer.call('POST', '/cart', { productId, qty: 2 });
    const key = randomUUID();
    const order = () => customer.call('POST', '/orders', {}, { 'idempotency-key': key });
    // The last that is written: the event is in the outbox by then.
    await withHeld(world, { table: 'orders.idempotency_keys', on: 'INSERT' }, async ({ untilHeld, drop }) => {
      const lost = order().catch(() => undefined);
      await untilHeld();
      await world.kill(pidsOf(world, 'order_service'), drop);
      await lost;
    });
    return (await order()).body.orderNumber;
  },
};

const beforeCommitOfAReservation: CrashPoint = {
  name: 'kill -9 of catalog_service before the commit of a reservation',
  crash: async (world, customer, productId) => {
    let orderNumber = '';
    await withHeld(world, { table: 'catalog.outbox', on: 'INSERT' }, async ({ untilHeld, drop }) => {
      orderNumber = await customer.order(productId, 2);
      await untilHeld();
      await world.kill(pidsOf(world, 'catalog_service'), drop);
    });
    return orderNumber;
  },
};

/**
 * Kills the consumer while its effect is being committed: it never hears of that, and no broker hears of the event.
 * @param work what causes the event
 * @param table of what the event has as its effect
 */
async function killBeforeOffset<T>(
  world: World,
  table: `${Schema}.${string}`,
  work: () => Promise<T>,
): Promise<T> {
  const schema = table.startsWith('orders') ? 'orders' : 'catalog';
  const rows = async () =>
    Number((await world.ledger.sql(schema, `SELECT count(*) FROM ${table}`))[0]?.['count']);
  let done: T | undefined;
  await withHeld(world, { table, on: 'COMMIT' }, async ({ untilHeld, goOn }) => {
    const before = await rows();
    done = await work();
    await untilHeld();
    await world.kill(pidsOf(world, owners[schema]), async () => {
      await goOn();
      await waitFor(async () => (await rows()) > before, { what: `the effect in ${table}` });
    });
  });
  return done as T;
}

const afterEffectBeforeOffset = (schema: Schema): CrashPoint => ({
  name: `kill -9 of ${owners[schema]} after the effect, before the offset`,
  crash: (world, customer, productId) =>
    killBeforeOffset(world, `${schema}.inbox`, () => customer.order(productId, 2)),
});

async function processing(customer: Customer, productId: number): Promise<string> {
  const orderNumber = await customer.order(productId, 2);
  await customer.reaches(orderNumber, 'processing');
  return orderNumber;
}

/** The customer is told of no payment. */
async function loseCreatedPayment(world: World, customer: Customer, orderNumber: string): Promise<void> {
  world.stripeNetwork.mute();
  const lost = customer.call('POST', '/create-payment', { orderNumber }).catch(() => undefined);
  const isOfOrder = ({ metadata }: { metadata: Record<string, unknown> }) =>
    metadata['order_number'] === orderNumber;
  await waitFor(() => world.stripe.paymentIntents().some(isOfOrder), { what: 'the payment in Stripe' });
  await world.kill(pidsOf(world, 'payment_service'), async () => world.stripeNetwork.heal());
  await lost;
}

const afterStripeCreated: CrashPoint = {
  name: 'kill -9 of payment_service after Stripe made the payment, before its reply',
  crash: async (world, customer, productId) => {
    const orderNumber = await processing(customer, productId);
    await loseCreatedPayment(world, customer, orderNumber);
    return orderNumber;
  },
};

/** Only Stripe's webhook tells the order that there is something to cancel. */
const afterStripeCreatedThenCancelled: CrashPoint = {
  name: 'kill -9 of payment_service after Stripe made a payment that nobody comes back for',
  crash: async (world, customer, productId) => {
    const orderNumber = await processing(customer, productId);
    await loseCreatedPayment(world, customer, orderNumber);
    await customer.call('POST', `/orders/${orderNumber}/cancel`);
    return customer.order(productId, 2);
  },
};

/** Stripe has made a refund, and nobody is told. @param ask for the refund */
async function loseRefund(world: World, ask: () => Promise<unknown>): Promise<void> {
  const before = world.stripe.refunds().length;
  world.stripe.faults.set({ slowMs: 2_000 });
  await ask();
  await waitFor(() => world.stripe.refunds().length > before, { what: 'the refund in Stripe' });
  world.stripe.faults.reset();
  await world.kill(pidsOf(world, 'payment_service'));
}

/** In the life of an order that was paid, all of which comes back in the end. */
const afterPayment = (
  name: string,
  live: (world: World, customer: Customer, orderNumber: string, productId: number) => Promise<unknown>,
): CrashPoint => ({
  name,
  crash: async (world, customer, productId) => {
    const orderNumber = await processing(customer, productId);
    await customer.pay(orderNumber);
    await customer.reaches(orderNumber, 'completed');
    await live(world, customer, orderNumber, productId);
    await customer.reaches(orderNumber, 'cancelled');
    return customer.order(productId, 2);
  },
});

/** Two pieces, which are sold again. */
const refundPieces = (world: World, orderNumber: string, productId: number) =>
  createMerchant(world).refund(orderNumber, { lines: [{ productId, qty: 2, restock: true }] });

const afterStripeRefunded = afterPayment(
  'kill -9 of payment_service after Stripe gave the money back, before its reply',
  (world, customer, orderNumber) =>
    loseRefund(world, () => customer.call('POST', `/orders/${orderNumber}/cancel`)),
);

const afterStripeRefundedPieces = afterPayment(
  'kill -9 of payment_service after Stripe made a refund of pieces, before its reply',
  (world, _customer, orderNumber, productId) =>
    loseRefund(world, () => refundPieces(world, orderNumber, productId)),
);

const afterCommitOfAShipment = afterPayment(
  'kill -9 of order_service after the commit of a shipment, before the send',
  async (world, _customer, orderNumber, productId) => {
    await killBeforeSend(world, 'orders', async () => {
      await createMerchant(world).ship(orderNumber);
      return orderNumber;
    });
    await refundPieces(world, orderNumber, productId);
  },
);

const afterCommitOfARefund = afterPayment(
  'kill -9 of order_service after the commit of a refund, before the send',
  (world, _customer, orderNumber, productId) =>
    killBeforeSend(world, 'orders', async () => {
      await refundPieces(world, orderNumber, productId);
      return orderNumber;
    }),
);

const afterReturn = (table: `${Schema}.${string}`, name: string): CrashPoint =>
  afterPayment(name, (world, _customer, orderNumber, productId) =>
    killBeforeOffset(world, table, () => refundPieces(world, orderNumber, productId)),
  );

export const crashPoints: readonly CrashPoint[] = [
  afterCommitBeforeSend('orders'),
  afterCommitBeforeSend('catalog'),
  afterSendBeforeMark('orders'),
  afterSendBeforeMark('catalog'),
  beforeCommitOfAnOrder,
  beforeCommitOfAReservation,
  afterStripeCreated,
  afterStripeCreatedThenCancelled,
  afterStripeRefunded,
  afterStripeRefundedPieces,
  afterCommitOfAShipment,
  afterCommitOfARefund,
  afterReturn('orders.inbox', 'kill -9 of order_service after it knows of a refund, before the offset'),
  afterReturn(
    'catalog.stock_movements',
    'kill -9 of catalog_service after pieces came back, before the offset',
  ),
  afterEffectBeforeOffset('catalog'),
  afterEffectBeforeOffset('orders'),
];
