import { waitFor } from '@shop/testing';
import fc from 'fast-check';
import type { Customer, Reply } from '../support/customers.ts';
import type { TestShop } from '../support/shop.ts';

/** What the shop must have come to, without a thought of events, retries and crashes. */
export interface Model {
  stock: number;
  readonly orders: ModelOrder[];
}

interface ModelOrder {
  readonly qty: number;
  status: 'processing' | 'completed' | 'cancelled';
}

/** The same in a real shop: one customer who buys one product. */
export interface Life {
  readonly shop: TestShop;
  readonly customer: Customer;
  readonly productId: number;
  /** In the order of the model's. */
  readonly orderNumbers: string[];
  /** How often each event is delivered from now on. */
  readonly events: { copies: number };
}

export type Step = fc.AsyncCommand<Model, Life>;

/** How soon a step must show. */
const soon = { timeoutMs: 15_000 };

const step = (name: string, run: Step['run'], check: Step['check'] = () => true): Step => ({
  check,
  run,
  toString: () => name,
});

const expectStatus = (reply: Reply, ...statuses: number[]) => {
  if (!statuses.includes(reply.status))
    throw new Error(`expected ${statuses.join(' or ')}: ${JSON.stringify(reply)}`);
};

const order = (qty: number) =>
  step(`order ${qty}`, async (model, life) => {
    const { customer, productId, orderNumbers } = life;
    const filled = await customer.call('POST', '/cart', { productId, qty });
    if (qty > model.stock) return expectStatus(filled, 409);
    expectStatus(filled, 200, 201);
    const reply = await customer.call('POST', '/orders', {});
    expectStatus(reply, 201);
    orderNumbers.push(reply.body.orderNumber);
    model.orders.push({ qty, status: 'processing' });
    model.stock -= qty;
    await agree(model, life);
  });

/** A step with one of the orders that there are. */
const stepWithOrder = (
  name: string,
  choice: number,
  run: (order: ModelOrder, orderNumber: string, life: Life, model: Model) => Promise<void>,
) =>
  step(
    `${name} #${choice}`,
    async (model, life) => {
      const index = choice % model.orders.length;
      const [chosen, orderNumber] = [model.orders[index], life.orderNumbers[index]];
      if (chosen === undefined || orderNumber === undefined) throw new Error('The model lost an order.');
      await run(chosen, orderNumber, life, model);
      await agree(model, life);
    },
    ({ orders }) => orders.length > 0,
  );

const pay = (choice: number) =>
  stepWithOrder('pay', choice, async (chosen, orderNumber, { customer }) => {
    if (chosen.status !== 'processing') {
      expectStatus(await customer.call('POST', '/create-payment', { orderNumber }), 409);
      return;
    }
    expectStatus(await customer.pay(orderNumber), 200);
    chosen.status = 'completed';
  });

const decline = (choice: number) =>
  stepWithOrder('pay with a bad card', choice, async ({ status }, orderNumber, { customer }) => {
    if (status === 'processing')
      expectStatus(await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined'), 402);
  });

function cancelled(chosen: ModelOrder, model: Model): void {
  chosen.status = 'cancelled';
  model.stock += chosen.qty;
}

const cancel = (choice: number) =>
  stepWithOrder('cancel', choice, async (chosen, orderNumber, { customer }, model) => {
    const wasCancelled = chosen.status === 'cancelled';
    expectStatus(await customer.call('POST', `/orders/${orderNumber}/cancel`), wasCancelled ? 409 : 200);
    if (!wasCancelled) cancelled(chosen, model);
  });

/** Whichever comes first: it is cancelled, and the money goes back. */
const cancelAndPay = (choice: number) =>
  stepWithOrder('cancel and pay at once', choice, async (chosen, orderNumber, { customer }, model) => {
    if (chosen.status !== 'processing') return;
    const paying = customer.pay(orderNumber).catch(() => undefined);
    expectStatus(await customer.call('POST', `/orders/${orderNumber}/cancel`), 200);
    await paying;
    cancelled(chosen, model);
  });

const stripeFault = (
  name: string,
  faults: Parameters<NonNullable<TestShop['stack']['fakeStripe']>['faults']['set']>[0],
) => step(name, async (_model, { shop }) => shop.stack.fakeStripe?.faults.set(faults));

const deliverEvents = (copies: number) =>
  step(`deliver each event ${copies} times`, async (_model, { events }) => {
    events.copies = copies;
  });

const sendAllAgain = step('send all events again', async (_model, { shop }) => {
  for (const schema of ['orders', 'catalog'] as const)
    await shop.ledger.sql(schema, 'UPDATE outbox SET sent_at = NULL WHERE sent_at IS NOT NULL');
});

const killConnections = step('kill all connections to PostgreSQL', (_model, { shop }) =>
  shop.ledger.killConnections(),
);

/** The shop has come to what the model says. */
async function agree(model: Model, { shop, customer, productId, orderNumbers }: Life): Promise<void> {
  const expected = JSON.stringify([model.stock, ...model.orders.map(({ status }) => status)]);
  let seen = '';
  const look = async () => {
    const orders = await Promise.all(orderNumbers.map((orderNumber) => customer.status(orderNumber)));
    seen = JSON.stringify([await shop.stockOf(productId), ...orders.map(({ status }) => status)]);
    return seen === expected;
  };
  await waitFor(look, soon).catch((cause) => {
    throw new Error(`expected stock and orders ${expected}, found ${seen}`, { cause });
  });
}

/** What may happen to a customer's orders, in any order. */
export const steps = fc.commands(
  [
    fc.integer({ min: 1, max: 4 }).map(order),
    fc.nat(9).map(pay),
    fc.nat(9).map(decline),
    fc.nat(9).map(cancel),
    fc.nat(9).map(cancelAndPay),
    fc.integer({ min: 1, max: 3 }).map(deliverEvents),
    fc.constantFrom(
      killConnections,
      sendAllAgain,
      stripeFault('double webhooks', { webhooks: 'double' }),
      stripeFault('hold webhooks back', { webhooks: 'hold' }),
      stripeFault('webhooks are whole again', { webhooks: 'deliver' }),
      stripeFault('drop a reply of Stripe', { dropReplies: 1 }),
      stripeFault('Stripe fails after the effect', { failCreatesAfterEffect: 1 }),
    ),
  ],
  { maxCommands: 20 },
);
