import { randomUUID } from 'node:crypto';
import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import { withHeld, withoutRelay } from './hold.ts';
import type { World } from './world.ts';

/** A point between two steps at which the process that takes them is killed. */
export interface CrashPoint {
  readonly name: string;
  readonly isPossible?: (world: World) => boolean;
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

const afterCommitBeforeSend = (schema: Schema): CrashPoint => ({
  name: `kill -9 of ${owners[schema]} after the commit, before the send`,
  crash: async (world, customer, productId) => {
    let orderNumber = '';
    await withoutRelay(world, schema, async (letGo) => {
      orderNumber = await customer.order(productId, 2);
      await waitFor(() => unsent(world, schema, orderNumber), {
        what: `an event in the outbox of ${schema}`,
      });
      await world.kill(pidsOf(world, owners[schema]), letGo);
    });
    return orderNumber;
  },
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

const afterEffectBeforeOffset = (schema: Schema): CrashPoint => ({
  name: `kill -9 of ${owners[schema]} after the effect, before the offset`,
  isPossible: ({ broker }) => broker !== undefined,
  crash: async (world, customer, productId) => {
    let orderNumber = '';
    await withHeld(world, { table: `${schema}.inbox`, on: 'INSERT' }, async ({ untilHeld, goOn }) => {
      orderNumber = await customer.order(productId, 2);
      await untilHeld();
      const seen = async () =>
        Number((await world.ledger.sql(schema, 'SELECT count(*) FROM inbox'))[0]?.['count']);
      const before = await seen();
      // The effect is committed, and no broker hears of it.
      await world.broker?.pause();
      await goOn();
      await waitFor(async () => (await seen()) > before, { what: `the effect in ${schema}` });
      await world.kill(pidsOf(world, owners[schema]), async () => world.broker?.resume());
    });
    return orderNumber;
  },
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
    const [first, second] = [await processing(customer, productId), await processing(customer, productId)];
    await loseCreatedPayment(world, customer, first);
    await customer.call('POST', `/orders/${first}/cancel`);
    return second;
  },
};

const afterStripeRefunded: CrashPoint = {
  name: 'kill -9 of payment_service after Stripe gave the money back, before its reply',
  crash: async (world, customer, productId) => {
    const [first, second] = [await processing(customer, productId), await processing(customer, productId)];
    await customer.pay(first);
    await customer.reaches(first, 'completed');
    const before = world.stripe.refunds().length;
    world.stripe.faults.set({ slowMs: 2_000 });
    await customer.call('POST', `/orders/${first}/cancel`);
    await waitFor(() => world.stripe.refunds().length > before, { what: 'the refund in Stripe' });
    world.stripe.faults.reset();
    await world.kill(pidsOf(world, 'payment_service'));
    await customer.reaches(first, 'cancelled');
    return second;
  },
};

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
  afterEffectBeforeOffset('catalog'),
  afterEffectBeforeOffset('orders'),
];
