import { waitFor } from '@shop/testing';
import Stripe from 'stripe';
import { createdPayment, type Harness, paid, pay, startHarness, webhookSecret } from './support/harness.ts';

let shop: Harness;

beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.stripe.faults.reset();
  shop.faults.failPublishes = 0;
});

/** A webhook as somebody else sends it, signed with the secret given. */
async function send(event: object, secret: string, sentAt = Math.floor(Date.now() / 1_000)) {
  const payload = JSON.stringify(event);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: sentAt });
  return sendRaw(payload, { 'stripe-signature': signature });
}

const sendRaw = (payload: string, headers: Record<string, string>) =>
  shop.post('/webhooks/stripe', undefined, payload, headers);

const eventAbout = (paymentId: string, type = 'payment_intent.succeeded', object = 'payment_intent') => ({
  id: 'evt_test',
  object: 'event',
  type,
  // Far from the truth on purpose: only the id may be believed.
  data: { object: { id: paymentId, object, status: 'succeeded', amount: 1 } },
});

describe("Stripe's webhooks", () => {
  it('bring a payment to order_service', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);

    await pay(shop, paymentId);

    await waitFor(() => shop.newsOf(orderNumber).length === 2);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:succeeded`]);
    expect(shop.eventsOf(orderNumber).at(-1)?.data).toMatchObject({ status: 'succeeded', amount: 4_250 });
  });

  it('bring a payment by a method that takes the customer to another page', async () => {
    const { orderNumber, paymentId, secret } = await createdPayment(shop);
    const confirmed = await shop.sdk.paymentIntents.confirm(paymentId, {
      payment_method_data: { type: 'ideal' },
      return_url: 'https://shop.test/done',
    });
    const page = String(confirmed.next_action?.redirect_to_url?.url);

    await fetch(page, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });

    await waitFor(() => shop.newsOf(orderNumber).includes(`${paymentId}:succeeded`));
    expect(page).toContain(secret);
  });

  it('bring a refund', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await paid(shop, paymentId, orderNumber);

    await shop.sdk.refunds.create({ payment_intent: paymentId });

    await waitFor(() => shop.newsOf(orderNumber).includes(`${paymentId}:refunded`));
  });

  it('leave a payment that is refunded in part as succeeded, and bring the refund', async () => {
    shop.stripe.faults.set({ webhooks: 'hold' });
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);
    const { id } = await shop.sdk.refunds.create({ payment_intent: paymentId, amount: 1_000 });

    await shop.stripe.faults.releaseWebhooks();

    expect(shop.newsOf(orderNumber)).toHaveLength(2);
    expect(shop.eventsOf(orderNumber).at(-1)?.data).toMatchObject({
      status: 'succeeded',
      refunds: [{ id, amount: 1_000, status: 'succeeded' }],
    });
  });

  it('bring a decline with its charge, another decline, and then the success', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    const charges: string[] = [];
    for (const card of ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclinedExpiredCard']) {
      const refusal = await pay(shop, paymentId, card).catch((error: Stripe.errors.StripeError) => error);
      charges.push(String(refusal?.charge));
      await waitFor(() => shop.newsOf(orderNumber).includes(`${paymentId}:failed:${charges.at(-1)}`));
    }
    await paid(shop, paymentId, orderNumber);

    expect(shop.newsOf(orderNumber)).toEqual([
      `${paymentId}:created`,
      `${paymentId}:failed:${charges[0]}`,
      `${paymentId}:failed:${charges[1]}`,
      `${paymentId}:succeeded`,
    ]);
    const [, declined] = shop.eventsOf(orderNumber).filter(({ data }) => data.status !== 'created');
    expect(JSON.parse(String(declined?.data.paymentLog))).toMatchObject({ status: expect.any(String) });
  });

  it('are harmless when they come twice', async () => {
    shop.stripe.faults.set({ webhooks: 'double' });
    const { orderNumber, paymentId } = await createdPayment(shop);

    await paid(shop, paymentId, orderNumber);

    await waitFor(
      () => shop.eventsOf(orderNumber).filter(({ data }) => data.status === 'succeeded').length >= 2,
    );
    expect(new Set(shop.newsOf(orderNumber))).toEqual(
      new Set([`${paymentId}:created`, `${paymentId}:succeeded`]),
    );
  });

  it('tell the present state when they come in reverse', async () => {
    shop.stripe.faults.set({ webhooks: 'reverse' });
    const { orderNumber, paymentId } = await createdPayment(shop);
    await expect(pay(shop, paymentId, 'pm_card_visa_chargeDeclined')).rejects.toThrow('declined');
    await pay(shop, paymentId);

    await shop.stripe.faults.releaseWebhooks();

    expect(shop.eventsOf(orderNumber).map(({ data }) => data.status)).toEqual([
      'created',
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
  });

  it('are sent again until order_service could be told', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await waitFor(() => shop.eventsOf(orderNumber).length === 2, { what: 'the webhook of the creation' });
    shop.faults.failPublishes = 2;

    await paid(shop, paymentId, orderNumber);

    expect(shop.faults.failPublishes).toBe(0);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:succeeded`]);
  });

  it('are answered 503 while order_service cannot be told', async () => {
    shop.stripe.faults.set({ webhooks: 'lose' });
    const { paymentId } = await createdPayment(shop);
    shop.faults.failPublishes = 1;

    const reply = await send(eventAbout(paymentId), webhookSecret);

    expect([reply.status, reply.body['code']]).toEqual([503, 'events-unavailable']);
  });
});

describe('a webhook is believed only as far as it is signed', () => {
  it('what it says of the payment is not', async () => {
    shop.stripe.faults.set({ webhooks: 'lose' });
    const { orderNumber, paymentId } = await createdPayment(shop);

    const reply = await send(eventAbout(paymentId), webhookSecret);

    expect(reply.body).toEqual({ received: true, published: true });
    expect(shop.eventsOf(orderNumber).map(({ data }) => [data.status, data.amount])).toEqual([
      ['created', 4_250],
      ['created', 4_250],
    ]);
  });

  it('the next secret is accepted while secrets are changed', async () => {
    const { paymentId } = await createdPayment(shop);

    expect((await send(eventAbout(paymentId), 'whsec_next')).status).toBe(200);
  });

  it.each([
    ['another secret', (event: object) => send(event, 'whsec_forged')],
    ['an old signature', (event: object) => send(event, webhookSecret, Math.floor(Date.now() / 1_000) - 600)],
    ['no signature', (event: object) => sendRaw(JSON.stringify(event), {})],
    ['no sense', (event: object) => sendRaw(JSON.stringify(event), { 'stripe-signature': 'v1=;t=' })],
    ['a signature of other bytes', (event: object) => tampered(event)],
    ['a signature and no body', () => empty()],
  ])('%s is 400, and nothing is published', async (_what, forge) => {
    shop.stripe.faults.set({ webhooks: 'lose' });
    const { orderNumber, paymentId } = await createdPayment(shop);

    const reply = await forge(eventAbout(paymentId));

    expect([reply.status, reply.body['code']]).toEqual([400, 'invalid-signature']);
    expect(shop.eventsOf(orderNumber)).toHaveLength(1);
  });

  const tampered = (event: object) => {
    const payload = JSON.stringify(event);
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
    return sendRaw(payload.replace('succeeded', 'processing'), { 'stripe-signature': header });
  };

  const empty = () => {
    const header = Stripe.webhooks.generateTestHeaderString({ payload: '{}', secret: webhookSecret });
    return shop.post('/webhooks/stripe', undefined, undefined, { 'stripe-signature': header });
  };

  it.each(['', '{', 'event', '{"data":{"object":null}}', '{"data":{"object":"pi_1"}}'])(
    '%j is 400 even under a signature',
    async (payload) => {
      const reply = await sendRaw(payload, signed(payload));

      expect([reply.status, reply.body['code']]).toEqual([400, 'malformed-json']);
    },
  );

  it.each(['null', '7', '[]', '{}', '{"data":null}', '{"object":"v2.core.event"}'])(
    '%s is taken and ignored',
    async (payload) => {
      const reply = await sendRaw(payload, signed(payload));

      expect([reply.status, reply.body]).toEqual([200, { received: true, published: false }]);
    },
  );

  const signed = (payload: string) => ({
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret }),
  });

  it('is 413 when it is too large', async () => {
    const reply = await send({ ...eventAbout('pi_1'), padding: 'x'.repeat(200_000) }, webhookSecret);

    expect(reply.status).toBe(413);
  });
});

describe('a refund that fails later', () => {
  const refundEvent = (paymentId: string, type: string, status: string) => ({
    id: 'evt_test',
    object: 'event',
    type,
    data: { object: { id: 're_1', object: 'refund', status, payment_intent: paymentId } },
  });

  const paidPayment = async () => {
    const payment = await createdPayment(shop);
    await paid(shop, payment.paymentId, payment.orderNumber);
    shop.stripe.faults.set({ webhooks: 'lose' });
    return payment;
  };

  it.each([
    ['refund.failed', 'failed'],
    ['charge.refund.updated', 'failed'],
    ['refund.updated', 'canceled'],
  ])('is news of a success of its own, an alert and a metric (%s, %s)', async (type, status) => {
    const { orderNumber, paymentId } = await paidPayment();
    const before = await failures();

    const reply = await send(refundEvent(paymentId, type, status), webhookSecret);

    expect([reply.status, reply.body]).toEqual([200, { received: true, published: true }]);
    const last = shop.eventsOf(orderNumber).at(-1);
    expect([last?.id, last?.data.status]).toEqual([`${paymentId}:succeeded:re_1`, 'succeeded']);
    const alerts = shop.logs
      .map((line) => JSON.parse(line))
      .filter((line) => line.orderNumber === orderNumber);
    expect(alerts).toMatchObject([{ level: 50, paymentId, refund: 're_1', status: 'succeeded' }]);
    expect(await failures()).toBe(before + 1);
  });

  it('is no such news when the money was given back otherwise', async () => {
    const { orderNumber, paymentId } = await paidPayment();
    await shop.sdk.refunds.create({ payment_intent: paymentId });

    await send(refundEvent(paymentId, 'refund.failed', 'failed'), webhookSecret);

    expect(shop.eventsOf(orderNumber).at(-1)?.id).toBe(`${paymentId}:refunded`);
  });

  it('says what the payment is as long as the refund has not failed', async () => {
    const { orderNumber, paymentId } = await paidPayment();
    const before = await failures();

    await send(refundEvent(paymentId, 'charge.refund.updated', 'pending'), webhookSecret);

    expect(shop.eventsOf(orderNumber).at(-1)?.id).toBe(`${paymentId}:succeeded`);
    expect(await failures()).toBe(before);
  });

  const failures = async () =>
    Number((await shop.metric('stripe_refund_failures_total'))[0]?.split(' ').at(-1));
});

describe('webhooks about something else are taken and ignored', () => {
  it.each([
    ['another kind of event', eventAbout('cus_1', 'customer.created', 'customer')],
    ['a charge that is no refund', eventAbout('ch_1', 'charge.updated', 'charge')],
    ['a refunded charge without a payment', eventAbout('ch_1', 'charge.refunded', 'charge')],
    ['a refund without a payment', eventAbout('re_1', 'refund.failed', 'refund')],
    ['a payment that Stripe does not know', eventAbout('pi_unknown')],
  ])('%s', async (_what, event) => {
    const reply = await send(event, webhookSecret);

    expect([reply.status, reply.body]).toEqual([200, { received: true, published: false }]);
  });

  it('a payment of another shop', async () => {
    const { id } = await shop.sdk.paymentIntents.create({
      amount: 100,
      currency: 'usd',
      metadata: { order_number: '#17', customer_id: 'anna' },
    });

    const reply = await send(eventAbout(id), webhookSecret);

    expect([reply.status, reply.body]).toEqual([200, { received: true, published: false }]);
  });
});
