import { waitFor } from '@shop/testing';
import fc from 'fast-check';
import type { Customer, Reply } from '../support/customers.ts';
import type { Merchant } from '../support/merchant.ts';
import type { TestShop } from '../support/shop.ts';
import {
  cameBack,
  cancelled,
  fulfilmentOf,
  type Model,
  type ModelOrder,
  ordered,
  paid,
  price,
  refunded,
  shippedOf,
  unshippedOf,
} from './order-model.ts';

/** A real shop: one customer, a guest at first, who buys one product. */
export interface Life {
  readonly shop: TestShop;
  readonly merchant: Merchant;
  customer: Customer;
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
    ordered(qty, model);
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

/** With a card whose refunds are made at once, or one whose refunds take their time. */
const pay = ([choice, card]: [number, string]) =>
  stepWithOrder(`pay with ${card}`, choice, async (chosen, orderNumber, { customer }) => {
    if (chosen.status !== 'processing') {
      expectStatus(await customer.call('POST', '/create-payment', { orderNumber }), 409);
      return;
    }
    // The reply that Stripe drops may be that to the card, and the payment is made.
    const reply = await customer.pay(orderNumber, card).catch(() => undefined);
    if (reply !== undefined) expectStatus(reply, 200);
    paid(chosen);
  });

const decline = (choice: number) =>
  stepWithOrder('pay with a bad card', choice, async ({ status }, orderNumber, { customer }) => {
    if (status !== 'processing') return;
    const reply = await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined').catch(() => undefined);
    if (reply !== undefined) expectStatus(reply, 402);
  });

const cancel = (choice: number) =>
  stepWithOrder('cancel', choice, async (chosen, orderNumber, { customer }, model) => {
    const isPossible = chosen.status !== 'cancelled' && shippedOf(chosen) === 0;
    expectStatus(await customer.call('POST', `/orders/${orderNumber}/cancel`), isPossible ? 200 : 409);
    if (isPossible) cancelled(chosen, model);
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

const ship = ([choice, qty]: [number, number]) =>
  stepWithOrder(`ship ${qty} of`, choice, async (chosen, orderNumber, { merchant, productId }) => {
    const isPossible = chosen.status === 'completed' && qty <= unshippedOf(chosen);
    const reply = await merchant.ship(orderNumber, { lines: [{ productId, qty }] });
    expectStatus(reply, isPossible ? 201 : 409);
    if (isPossible) chosen.shipments.push({ qty, isDelivered: false });
  });

/** Whatever has become of the order. */
const deliver = (choice: number) =>
  stepWithOrder('deliver a shipment of', choice, async ({ shipments }, orderNumber, { merchant }) => {
    const index = shipments.findIndex(({ isDelivered }) => !isDelivered);
    const shipment = shipments[index];
    if (shipment === undefined) return;
    const { id } = (await merchant.order(orderNumber)).shipments[index];
    expectStatus(await merchant.deliver(orderNumber, id), 200);
    shipment.isDelivered = true;
  });

const refundPieces = ([choice, qty, restock]: [number, number, boolean]) =>
  stepWithOrder(
    `refund ${qty}${restock ? ', to be sold again,' : ''} of`,
    choice,
    async (chosen, orderNumber, { merchant, productId }, model) => {
      const isPossible = qty <= chosen.qty - chosen.refundedPieces && qty * price <= chosen.kept;
      const reply = await merchant.refund(orderNumber, { lines: [{ productId, qty, restock }] });
      expectStatus(reply, isPossible ? 202 : 409);
      if (isPossible) cameBack(chosen, qty, restock, model);
    },
  );

const refundAmount = ([choice, amount]: [number, number]) =>
  stepWithOrder(`refund ${amount} of`, choice, async (chosen, orderNumber, { merchant }, model) => {
    const isPossible = amount <= chosen.kept;
    expectStatus(await merchant.refund(orderNumber, { amount }), isPossible ? 202 : 409);
    if (isPossible) refunded(chosen, amount, model);
  });

const refundRest = (choice: number) =>
  stepWithOrder('refund what is left of', choice, async (chosen, orderNumber, { merchant }, model) => {
    const isPossible = chosen.kept > 0;
    expectStatus(await merchant.refund(orderNumber), isPossible ? 202 : 409);
    if (isPossible) refunded(chosen, chosen.kept, model);
  });

/** Something that is done at Stripe with what an order keeps; the shop hears of it by a webhook only. */
const stepAtStripe = (
  name: string,
  choice: number,
  run: (
    order: ModelOrder,
    ids: Record<'paymentId' | 'orderNumber', string>,
    life: Life,
    model: Model,
  ) => Promise<void>,
) =>
  stepWithOrder(name, choice, async (chosen, orderNumber, life, model) => {
    const payment = paymentsOf(life.shop, orderNumber).find(({ status }) => status === 'succeeded');
    if (chosen.kept > 0 && payment !== undefined && !model.areWebhooksHeld)
      await run(chosen, { paymentId: payment.id, orderNumber }, life, model);
  });

const refundInDashboard = ([choice, amount]: [number, number]) =>
  stepAtStripe(`refund ${amount} in the dashboard of`, choice, async (chosen, { paymentId }, life, model) => {
    // Its reply may be one that is dropped, and the refund is made.
    await life.merchant.refundInDashboard(paymentId, amount).catch(() => undefined);
    if (amount <= chosen.kept) refunded(chosen, amount, model);
  });

const dispute = (choice: number) =>
  stepAtStripe('dispute', choice, async (_chosen, { paymentId, orderNumber }, { merchant }) => {
    await merchant.dispute(paymentId).catch(() => undefined);
    await waitFor(async () => (await merchant.order(orderNumber)).disputed, { ...soon, what: 'the dispute' });
  });

/** The orders are the customer's own as before. */
const register = step(
  'register',
  async (model, life) => {
    life.customer = await life.shop.customer(life.customer);
    model.isGuest = false;
    await agree(model, life);
  },
  ({ isGuest }) => isGuest,
);

const stripeFault = (
  name: string,
  faults: Parameters<NonNullable<TestShop['stack']['fakeStripe']>['faults']['set']>[0],
) =>
  step(name, async (model, { shop }) => {
    shop.stack.fakeStripe?.faults.set(faults);
    if (faults.webhooks !== undefined) model.areWebhooksHeld = faults.webhooks === 'hold';
  });

const deliverEvents = (copies: number) =>
  step(`deliver each event ${copies} times`, async (_model, { events }) => {
    events.copies = copies;
  });

const sendAllAgain = step('send all events again', async (_model, { shop, orderNumbers }) => {
  for (const schema of ['orders', 'catalog'] as const)
    await shop.ledger.sql(schema, 'UPDATE outbox SET sent_at = NULL WHERE key = ANY ($1)', [orderNumbers]);
});

const killConnections = step('kill all connections to PostgreSQL', (_model, { shop }) =>
  shop.ledger.killConnections(),
);

const paymentsOf = ({ stack }: TestShop, orderNumber: string) =>
  stack.fakeStripe?.paymentIntents().filter(({ metadata }) => metadata['order_number'] === orderNumber) ?? [];

/** What Stripe has charged for an order, less what it gave back. */
function keptOf(shop: TestShop, orderNumber: string): number {
  const charged = paymentsOf(shop, orderNumber).filter(({ status }) => status === 'succeeded');
  const ids = new Set(charged.map(({ id }) => id));
  const given = shop.stack.fakeStripe
    ?.refunds()
    .filter(({ payment_intent, status }) => ids.has(payment_intent) && status !== 'failed');
  const sum = (amounts: readonly { amount: number }[] = []) =>
    amounts.reduce((all, { amount }) => all + amount, 0);
  return sum(charged) - sum(given);
}

/** The shop has come to what the model says. */
async function agree(model: Model, { shop, customer, productId, orderNumbers }: Life): Promise<void> {
  const expectedOrders = model.orders.map((each) => ({
    status: each.status,
    fulfilment: fulfilmentOf(each),
    shipped: shippedOf(each),
    kept: each.kept,
  }));
  const expected = JSON.stringify([model.stock, ...expectedOrders]);
  let seen = '';
  const look = async () => {
    // Nothing is learned from waiting for a bank.
    shop.stack.fakeStripe?.settleRefunds();
    const orders = await Promise.all(
      orderNumbers.map(async (orderNumber) => {
        const { status, fulfilment, shipments } = await customer.status(orderNumber);
        const lines = shipments.flatMap((shipment) => shipment.lines);
        const shipped = lines.reduce((sum, { qty }) => sum + qty, 0);
        return { status, fulfilment, shipped, kept: keptOf(shop, orderNumber) };
      }),
    );
    seen = JSON.stringify([await shop.stockOf(productId), ...orders]);
    return seen === expected;
  };
  await waitFor(look, soon).catch((cause) => {
    throw new Error(`expected stock and orders ${expected}, found ${seen}`, { cause });
  });
}

const choice = fc.nat(9);
const qty = fc.integer({ min: 1, max: 3 });
const amount = fc.integer({ min: 1, max: 2 * price });
const orders = fc.integer({ min: 1, max: 4 }).map(order);
const payments = fc.tuple(choice, fc.constantFrom('pm_card_visa', 'pm_card_pendingRefund')).map(pay);

/** How each life begins: most of what may happen needs an order that is paid. */
export async function buyThree(model: Model, life: Life): Promise<void> {
  await order(3).run(model, life);
  await pay([0, 'pm_card_visa']).run(model, life);
}

/** What may happen to a customer's orders, in any order. */
export const steps = fc.commands(
  [
    orders,
    orders,
    payments,
    payments,
    choice.map(decline),
    choice.map(cancel),
    choice.map(cancelAndPay),
    fc.tuple(choice, qty).map(ship),
    choice.map(deliver),
    fc.tuple(choice, qty, fc.boolean()).map(refundPieces),
    fc.tuple(choice, amount).map(refundAmount),
    choice.map(refundRest),
    fc.tuple(choice, amount).map(refundInDashboard),
    choice.map(dispute),
    fc.constant(register),
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
  // As many of them as often as few.
  { maxCommands: 20, size: 'max' },
);
