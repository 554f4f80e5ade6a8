import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@shop/testing';
import type { Customer, Reply } from '../support/customers.ts';
import { createMerchant } from '../support/merchant.ts';
import type { Random } from './random.ts';
import type { Figures } from './run.ts';
import type { World } from './world.ts';

const shoppers = 6;
const products = 6;
const cards = ['pm_card_visa', 'pm_card_visa', 'pm_card_visa', 'pm_card_visa_chargeDeclined'];

export type Traffic = Awaited<ReturnType<typeof createTraffic>>;

/** Customers who buy, pay and change their minds while things break, and a merchant who ships and refunds. */
export async function createTraffic(world: World, random: Random, figures: Figures) {
  const told = new Set<string>();
  const merchant = createMerchant(world);
  const customers = await Promise.all(Array.from({ length: shoppers }, () => world.customer()));
  const productIds = await Promise.all(
    Array.from({ length: products }, (_, index) => world.product(index < 2 ? 25 : 100_000)),
  );

  /** Asks until there is an answer that is not for want of something. */
  async function answered(work: () => Promise<Reply>, ended?: AbortSignal): Promise<Reply | undefined> {
    while (ended?.aborted !== true) {
      const reply = await attempt(work);
      if (reply !== undefined && reply.status < 500 && reply.body?.code !== 'request-in-progress')
        return reply;
      figures.repeatedRequests++;
      await delay(100);
    }
    return undefined;
  }

  /** The same key makes it one order, however often its reply is lost. */
  async function order(customer: Customer, ended?: AbortSignal): Promise<string | undefined> {
    const headers = { 'idempotency-key': randomUUID() };
    const reply = await answered(() => customer.call('POST', '/orders', {}, headers), ended);
    return reply?.status === 201 ? note(reply.body.orderNumber) : undefined;
  }

  function note(orderNumber: string): string {
    if (!told.has(orderNumber)) figures.ordersTold++;
    told.add(orderNumber);
    return orderNumber;
  }

  async function visit(customer: Customer, ended: AbortSignal): Promise<void> {
    const [first, second] = [random.oneOf(productIds), random.oneOf(productIds)];
    for (const productId of new Set([first, second]))
      await customer.call('POST', '/cart', { productId, qty: random.whole(1, 3) });
    const orderNumber = await order(customer, ended);
    if (orderNumber === undefined) return emptyCart(customer);
    /** @returns whether it is done */
    const counted = async (
      figure: 'paid' | 'cancelled' | 'shipped' | 'refunded',
      work: () => Promise<Reply>,
    ) => {
      const isDone = (await work()).status < 300;
      if (isDone) figures[figure]++;
      return isDone;
    };
    const piece = { productId: first, qty: 1 };
    const lines = [{ ...piece, restock: random.whole(0, 1) === 1 }];
    const pay = () => counted('paid', () => customer.pay(orderNumber, random.oneOf(cards)));
    const cancel = () => counted('cancelled', () => customer.call('POST', `/orders/${orderNumber}/cancel`));
    const ship = () => counted('shipped', () => merchant.ship(orderNumber, { lines: [piece] }));
    const refund = () => counted('refunded', () => merchant.refund(orderNumber, { lines }));
    const payThen =
      (...deeds: (() => Promise<unknown>)[]) =>
      async () => {
        if (!(await pay())) return;
        const isOver = async () =>
          ended.aborted || (await customer.status(orderNumber)).status !== 'processing';
        await waitFor(isOver, { what: `${orderNumber} to be completed` });
        await Promise.all(deeds.map((deed) => deed()));
      };
    const deeds = random.oneOf<(() => Promise<unknown>)[]>([
      [pay],
      [pay],
      [cancel],
      [pay, cancel],
      [],
      [payThen(ship)],
      [payThen(refund)],
      [payThen(ship, refund)],
      [payThen(ship, cancel)],
      [payThen(refund, cancel)],
    ]);
    await delay(random.whole(0, 100));
    await Promise.all(deeds.map((deed) => deed()));
  }

  async function shop(customer: Customer, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) await attempt(() => visit(customer, ended));
  }

  return {
    told,
    note,
    answered,
    order,
    customers,
    /** Until one more order is told of. */
    untilSold: () => {
      const before = figures.ordersTold;
      return waitFor(() => figures.ordersTold > before, { what: 'an order to be taken' });
    },
    /** They shop until the returned function is called, which resolves when the last one has left. */
    start: () => {
      const ended = new AbortController();
      const shopping = customers.map((customer) => shop(customer, ended.signal));
      return async () => {
        ended.abort();
        await Promise.all(shopping);
      };
    },
  };
}

/** What fails while things break is no news, but must not be asked for again at once. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    await delay(50);
    return undefined;
  }
}

export async function emptyCart(customer: Customer): Promise<void> {
  const cart: Reply = await customer.call('GET', '/cart');
  for (const line of cart.body.lines) await customer.call('DELETE', `/cart/${line.id}`);
}
