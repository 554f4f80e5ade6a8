import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@shop/testing';
import { createStripeClient } from '../src/clients/stripe-client.ts';
import {
  type Command,
  createdPayment,
  type Harness,
  pay,
  secretKey,
  startHarness,
  startWatchingRefunds,
} from './support/harness.ts';

let shop: Harness;

beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.stripe.faults.reset();
  shop.stripe.faults.set({ webhooks: 'lose' });
  shop.faults.failPublishes = 0;
});

type State = 'created' | 'failed' | 'requires action' | 'succeeded' | 'cancelled' | 'refunded';

/** A new payment in that state, of which nobody has been told but that it was created. */
async function paymentThatIs(state: State) {
  const payment = await createdPayment(shop);
  const { paymentId } = payment;
  if (state === 'failed') await pay(shop, paymentId, 'pm_card_visa_chargeDeclined').catch(() => {});
  if (state === 'requires action') await pay(shop, paymentId, 'pm_card_authenticationRequired');
  if (state === 'succeeded' || state === 'refunded') await pay(shop, paymentId);
  if (state === 'refunded') await shop.sdk.refunds.create({ payment_intent: paymentId });
  if (state === 'cancelled') await shop.sdk.paymentIntents.cancel(paymentId);
  return payment;
}

const refundsOf = (paymentId: string) =>
  shop.stripe.refunds().filter((refund) => refund.payment_intent === paymentId);

const lastStatus = (orderNumber: string) => shop.eventsOf(orderNumber).at(-1)?.data.status;

const stripeStatus = async (paymentId: string) => (await shop.sdk.paymentIntents.retrieve(paymentId)).status;

describe('commands of order_service', () => {
  it.each<[Command, State, string, number]>([
    ['CHECK_PAYMENT', 'created', 'created', 0],
    ['CHECK_PAYMENT', 'failed', 'failed', 0],
    ['CHECK_PAYMENT', 'requires action', 'created', 0],
    ['CHECK_PAYMENT', 'succeeded', 'succeeded', 0],
    ['CHECK_PAYMENT', 'cancelled', 'cancelled', 0],
    ['CHECK_PAYMENT', 'refunded', 'refunded', 1],
    ['CANCEL_PAYMENT', 'created', 'cancelled', 0],
    ['CANCEL_PAYMENT', 'failed', 'cancelled', 0],
    ['CANCEL_PAYMENT', 'requires action', 'cancelled', 0],
    ['CANCEL_PAYMENT', 'succeeded', 'succeeded', 0],
    ['CANCEL_PAYMENT', 'cancelled', 'cancelled', 0],
    ['CANCEL_PAYMENT', 'refunded', 'refunded', 1],
    ['REFUND_PAYMENT', 'created', 'cancelled', 0],
    ['REFUND_PAYMENT', 'failed', 'cancelled', 0],
    ['REFUND_PAYMENT', 'requires action', 'cancelled', 0],
    ['REFUND_PAYMENT', 'succeeded', 'refunded', 1],
    ['REFUND_PAYMENT', 'cancelled', 'cancelled', 0],
    ['REFUND_PAYMENT', 'refunded', 'refunded', 1],
  ])('%s of a payment that is %s makes and says %s, once or twice', async (type, state, after, refunds) => {
    const { orderNumber, paymentId } = await paymentThatIs(state);

    await shop.command(type, orderNumber, paymentId);
    const once = shop.newsOf(orderNumber);
    await shop.command(type, orderNumber, paymentId);

    expect(lastStatus(orderNumber)).toBe(after);
    expect(shop.newsOf(orderNumber)).toEqual(once);
    expect(shop.eventsOf(orderNumber)).toHaveLength(3);
    expect(refundsOf(paymentId)).toHaveLength(refunds);
    expect((await stripeStatus(paymentId)) === 'canceled').toBe(after === 'cancelled');
  });

  it('gives back what is left after a refund of a part', async () => {
    const { orderNumber, paymentId } = await paymentThatIs('succeeded');
    await shop.sdk.refunds.create({ payment_intent: paymentId, amount: 250 });

    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);

    expect(refundsOf(paymentId).map(({ amount }) => amount)).toEqual([250, 4_000]);
    expect(lastStatus(orderNumber)).toBe('refunded');
  });

  it('raises an alert when Stripe only repeats the answer to a refund that has failed since', async () => {
    const stubborn = await startHarness({
      stripe: (apiUrl) => {
        const stripe = createStripeClient({ stripeSecretKey: secretKey, stripeApiUrl: apiUrl });
        stripe.refunds.create = (async () => ({ id: 're_1' })) as unknown as typeof stripe.refunds.create;
        return stripe;
      },
    });
    const { orderNumber, paymentId } = await createdPayment(stubborn);
    await pay(stubborn, paymentId);

    await stubborn.command('REFUND_PAYMENT', orderNumber, paymentId);
    await stubborn.close();

    expect(stubborn.eventsOf(orderNumber).at(-1)?.data.status).toBe('succeeded');
    const alerts = stubborn.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
    expect(alerts).toMatchObject([{ orderNumber, paymentId }]);
  });

  it('sends a refund to Stripe under the key refund:{paymentId}, which outlives the process', async () => {
    const { watched, keys } = await startWatchingRefunds();
    const { orderNumber, paymentId } = await createdPayment(watched);
    await pay(watched, paymentId);

    await watched.command('REFUND_PAYMENT', orderNumber, paymentId);
    await watched.close();

    expect(keys).toEqual([`refund:${paymentId}`]);
  });

  it('refunds once when ten ask at the same moment', async () => {
    const { orderNumber, paymentId } = await paymentThatIs('succeeded');

    await Promise.all(
      Array.from({ length: 10 }, () => shop.command('REFUND_PAYMENT', orderNumber, paymentId)),
    );

    expect(refundsOf(paymentId)).toHaveLength(1);
    expect(lastStatus(orderNumber)).toBe('refunded');
  });
});

describe('faults', () => {
  it.each([
    ['the reply to a refund is lost', { dropReplies: 1 }],
    ['both replies to a refund are lost', { dropReplies: 2 }],
    ['Stripe keeps a 500 for a refund that it made', { failCreatesAfterEffect: 1 }],
    ['Stripe keeps a 500 for a refund that it did not make', { failCreates: 1 }],
    ['Stripe does so twice', { failCreates: 2 }],
  ])('%s: the money is given back once', async (_what, faults) => {
    const { orderNumber, paymentId } = await paymentThatIs('succeeded');
    shop.stripe.faults.set(faults);

    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);

    expect(refundsOf(paymentId)).toHaveLength(1);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:refunded`]);
  });

  it('a cancellation whose reply is lost is a cancellation', async () => {
    const { orderNumber, paymentId } = await paymentThatIs('created');
    shop.stripe.faults.set({ dropReplies: 1 });

    await shop.command('CANCEL_PAYMENT', orderNumber, paymentId);

    expect(lastStatus(orderNumber)).toBe('cancelled');
  });

  it('a command waits while order_service cannot be told', async () => {
    const { orderNumber, paymentId } = await paymentThatIs('succeeded');
    shop.faults.failPublishes = 2;

    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);

    expect(shop.faults.failPublishes).toBe(0);
    expect(refundsOf(paymentId)).toHaveLength(1);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:refunded`]);
  });

  describe('while Stripe is unavailable', () => {
    let folder: string;
    let other: Harness;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'stripe-'));
      other = await startHarness({ stripeData: join(folder, 'journal') });
    });
    afterEach(async () => {
      await other.close();
      await rm(folder, { recursive: true });
    });

    it('a command waits until it is back', async () => {
      const { orderNumber, paymentId } = await createdPayment(other);
      await other.stripe.stop();

      const handled = other.command('CANCEL_PAYMENT', orderNumber, paymentId);
      await waitFor(() => other.logs.some((line) => line.includes('retrying')));
      await other.stripe.start(other.stripePort);
      await handled;

      expect(other.eventsOf(orderNumber).at(-1)?.data.status).toBe('cancelled');
      expect(await other.deadLetters()).toEqual([]);
    });
  });
});

describe('commands that can never be handled become dead letters', () => {
  it.each<Command>(['CHECK_PAYMENT', 'CANCEL_PAYMENT', 'REFUND_PAYMENT'])(
    '%s of a payment that Stripe does not know',
    async (type) => {
      const orderNumber = `unknown-${type}`;

      await shop.command(type, orderNumber, 'pi_unknown');

      await waitFor(async () => (await reasonsFor(orderNumber)).length === 1);
      expect(await reasonsFor(orderNumber)).toEqual([
        'PermanentError: payment pi_unknown: There is no such payment.',
      ]);
      expect(shop.eventsOf(orderNumber)).toEqual([]);
    },
  );

  it("a refund of another order's payment, which stays as it is", async () => {
    const { paymentId } = await paymentThatIs('succeeded');

    await shop.command('REFUND_PAYMENT', 'another-order', paymentId);

    expect(await reasonsFor('another-order')).toEqual([
      `PermanentError: payment ${paymentId} is not that of order another-order`,
    ]);
    expect(refundsOf(paymentId)).toEqual([]);
    expect(shop.eventsOf('another-order')).toEqual([]);
  });

  it('a cancellation of a payment that is none of the shop', async () => {
    const { id } = await shop.sdk.paymentIntents.create({ amount: 100, currency: 'usd' });

    await shop.command('CANCEL_PAYMENT', 'nobodys-order', id);

    expect(await reasonsFor('nobodys-order')).toHaveLength(1);
    expect(await stripeStatus(id)).toBe('requires_payment_method');
  });

  it('a refund that Stripe refuses, and the next command of the order is handled', async () => {
    const { orderNumber, paymentId } = await paymentThatIs('succeeded');
    shop.stripe.faults.set({ refuseCreates: 1 });

    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);

    expect(await reasonsFor(orderNumber)).toEqual([
      expect.stringMatching(/^PermanentError: payment .*: Stripe: .*disputed/),
    ]);
    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);
    expect(lastStatus(orderNumber)).toBe('refunded');
  });

  const reasonsFor = async (orderNumber: string) =>
    (await shop.deadLetters()).filter(({ event }) => event.key === orderNumber).map(({ reason }) => reason);
});
