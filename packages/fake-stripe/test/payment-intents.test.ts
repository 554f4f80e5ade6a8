import Stripe from 'stripe';
import { failure, type Running, sdkFor, startStripe } from './support/stripe-harness.ts';

let running: Running;
let stripe: Stripe;

beforeAll(async () => {
  running = await startStripe();
  stripe = running.stripe;
});

afterAll(() => running.stop());

const create = (extra: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount: 1999, currency: 'eur', ...extra });

describe('the life of a PaymentIntent', () => {
  it('is created waiting for a payment method', async () => {
    const intent = await create({
      currency: 'EUR',
      metadata: { order_number: 'A-1' },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    expect(intent).toMatchObject({
      object: 'payment_intent',
      amount: 1999,
      currency: 'eur',
      metadata: { order_number: 'A-1' },
      latest_charge: null,
      last_payment_error: null,
      status: 'requires_payment_method',
    });
    expect(intent.id).toMatch(/^pi_\w{24}$/);
    expect(intent.client_secret).toMatch(new RegExp(`^${intent.id}_secret_\\w{24}$`));
    expect(intent.lastResponse.requestId).toMatch(/^req_/);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toEqual(intent);
    expect(running.fake.paymentIntents()).toContainEqual({ ...intent });
  });

  it('succeeds with a good card and cannot be confirmed or cancelled again', async () => {
    const { id } = await create();
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded' });
    expect(paid.latest_charge).toMatch(/^ch_/);
    const expanded = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(expanded.latest_charge).toMatchObject({
      id: paid.latest_charge,
      object: 'charge',
      paid: true,
      refunded: false,
      amount_refunded: 0,
      payment_intent: id,
    });
    for (const again of [
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
      stripe.paymentIntents.cancel(id),
    ]) {
      expect(await failure(again)).toMatchObject({
        statusCode: 400,
        code: 'payment_intent_unexpected_state',
        payment_intent: { id, status: 'succeeded' },
      });
    }
  });

  it('goes back to the start when the card is declined, and can be paid with another', async () => {
    const { id } = await create();
    const error = await failure(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclined' }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      payment_intent: { id, status: 'requires_payment_method' },
    });
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', charge: error.charge },
      latest_charge: { id: error.charge, paid: false },
    });
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it.each([
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
  ])('is declined with %s: %s, %s', async (method, code, declineCode) => {
    const { id } = await create();
    const error = await failure(stripe.paymentIntents.confirm(id, { payment_method: method }));
    expect(error).toMatchObject({ statusCode: 402, code, decline_code: declineCode });
  });

  it('is cancelled once', async () => {
    const { id } = await create();
    const canceled = await stripe.paymentIntents.cancel(id, {});
    expect(canceled).toMatchObject({ status: 'canceled' });
    for (const again of [
      stripe.paymentIntents.cancel(id),
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
    ]) {
      expect(await failure(again)).toMatchObject({
        code: 'payment_intent_unexpected_state',
        payment_intent: { status: 'canceled' },
      });
    }
  });

  it('refuses a confirmation without a payment method, or with an unknown one', async () => {
    const { id } = await create();
    expect(await failure(stripe.paymentIntents.confirm(id))).toMatchObject({ statusCode: 400 });
    expect(
      await failure(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_of_mine' })),
    ).toMatchObject({ code: 'resource_missing', param: 'payment_method' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'requires_payment_method' });
  });
});

describe('parameters', () => {
  it.each([
    ['no amount', { currency: 'eur' }, 'amount', 'parameter_missing'],
    ['amount 0', { amount: 0, currency: 'eur' }, 'amount', 'parameter_invalid_integer'],
    ['a fraction', { amount: 1.5, currency: 'eur' }, 'amount', 'parameter_invalid_integer'],
    ['nine digits', { amount: 100_000_000, currency: 'eur' }, 'amount', 'amount_too_large'],
    ['eleven digits', { amount: 10_000_000_000, currency: 'jpy' }, 'amount', 'amount_too_large'],
    ['49 cents', { amount: 49, currency: 'usd' }, 'amount', 'amount_too_small'],
    ['49 yen', { amount: 49, currency: 'jpy' }, 'amount', 'amount_too_small'],
    ['29 pence', { amount: 29, currency: 'gbp' }, 'amount', 'amount_too_small'],
    ['a third decimal', { amount: 5_124, currency: 'kwd' }, 'amount', 'invalid_charge_amount'],
    ['a fraction of a króna', { amount: 20_050, currency: 'isk' }, 'amount', 'invalid_charge_amount'],
    ['no currency of ISO 4217', { amount: 1_000, currency: 'zzz' }, 'currency', undefined],
    ['gold', { amount: 1_000, currency: 'xau' }, 'currency', undefined],
    ['no currency', { amount: 1 }, 'currency', 'parameter_missing'],
    ['a long currency', { amount: 1, currency: 'euro' }, 'currency', undefined],
    [
      'long metadata',
      { amount: 100, currency: 'eur', metadata: { k: 'x'.repeat(501) } },
      'metadata[k]',
      undefined,
    ],
  ])('%s is refused', async (_what, params, param, code) => {
    const before = running.fake.paymentIntents().length;
    const error = await failure(stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams));
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param, code });
    expect(running.fake.paymentIntents()).toHaveLength(before);
  });

  it('an unknown parameter is tolerated', async () => {
    const params = { amount: 50, currency: 'eur', of_mine: 'x' } as Stripe.PaymentIntentCreateParams;
    expect(await stripe.paymentIntents.create(params)).toMatchObject({ amount: 50 });
  });

  it.each([
    [50, 'usd'],
    [50, 'jpy'],
    [30, 'gbp'],
    [5_120, 'kwd'],
    [20_000, 'isk'],
    [99_999_999, 'usd'],
    [999_999_999_999, 'idr'],
  ])('%i %s is charged', async (amount, currency) => {
    const { id } = await create({ amount, currency });
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ amount, currency, status: 'succeeded' });
  });

  it('unknown ids and addresses are 404', async () => {
    expect(await failure(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect(await failure(stripe.customers.list())).toMatchObject({ statusCode: 404 });
  });
});

describe('keys', () => {
  it('takes test keys as Bearer or Basic, and no others', async () => {
    const { id } = await create();
    const read = (authorization?: string) =>
      fetch(
        `${running.url}/v1/payment_intents/${id}`,
        authorization === undefined ? {} : { headers: { authorization } },
      );
    const basic = (user: string) => `Basic ${Buffer.from(`${user}:`).toString('base64')}`;
    expect((await read('Bearer sk_test_any')).status).toBe(200);
    expect((await read(basic('sk_test_any'))).status).toBe(200);
    expect((await read(basic('sk_live_any'))).status).toBe(401);
    expect((await read('Bearer sk_test_')).status).toBe(401);
    expect((await read()).status).toBe(401);
    const error = await failure(sdkFor(running.port, 'sk_live_1234567890').paymentIntents.retrieve(id));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error.message).not.toContain('sk_live_1234567890');
  });

  it('a publishable key may not create', async () => {
    const error = await failure(
      sdkFor(running.port, 'pk_test_1').paymentIntents.create({ amount: 1, currency: 'eur' }),
    );
    expect(error).toMatchObject({ statusCode: 403, code: 'secret_key_required' });
  });
});

describe('a browser with the client secret', () => {
  const confirmAs = (id: string, clientSecret: string) =>
    fetch(`${running.url}/v1/payment_intents/${id}/confirm`, {
      method: 'POST',
      body: new URLSearchParams({
        key: 'pk_test_1',
        client_secret: clientSecret,
        payment_method: 'pm_card_visa',
      }),
    });

  it('confirms and reads its own payment, from any origin, without the inner fields', async () => {
    const { id, client_secret: secret } = await create({ metadata: { order_number: 'B-1' } });
    const confirmed = await confirmAs(id, String(secret));
    expect(confirmed.status).toBe(200);
    expect(confirmed.headers.get('access-control-allow-origin')).toBe('*');
    const body = await confirmed.json();
    expect(body).toMatchObject({ id, status: 'succeeded' });
    expect(body).not.toHaveProperty('metadata');
    const query = new URLSearchParams({ key: 'pk_test_1', client_secret: String(secret) });
    const read = await fetch(`${running.url}/v1/payment_intents/${id}?${query}`);
    expect(await read.json()).toEqual(body);
  });

  it('is refused with the secret of another payment', async () => {
    const mine = await create();
    const other = await create();
    const refused = await confirmAs(other.id, String(mine.client_secret));
    expect(refused.status).toBe(400);
    expect(await stripe.paymentIntents.retrieve(other.id)).toMatchObject({
      status: 'requires_payment_method',
    });
  });
});

describe('authentication', () => {
  const waiting = async (returnUrl = 'https://shop.test/done?a=1') => {
    const { id } = await create();
    return stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_authenticationRequired',
      return_url: returnUrl,
    });
  };

  it('is asked for with a page, and another card gets round it', async () => {
    const intent = await waiting();
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(paid).toMatchObject({ status: 'succeeded', next_action: null });
  });

  it('can be waited for and cancelled', async () => {
    const { id } = await waiting();
    expect(await stripe.paymentIntents.cancel(id)).toMatchObject({ status: 'canceled', next_action: null });
  });

  it.each([
    ['succeed', 'succeeded', 'succeeded'],
    ['fail', 'requires_payment_method', 'failed'],
  ])('%s on the page leads back to the shop', async (outcome, status, redirectStatus) => {
    const intent = await waiting();
    const page = String(intent.next_action?.redirect_to_url?.url);
    expect(await (await fetch(page)).text()).toContain('<form method="post">');
    const body = new URLSearchParams({ outcome });
    const reply = await fetch(page, { method: 'POST', body, redirect: 'manual' });
    expect(reply.status).toBe(303);
    const back = new URL(String(reply.headers.get('location')));
    expect(back.origin).toBe('https://shop.test');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      a: '1',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: redirectStatus,
    });
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status });
  });

  const payByIdeal = (id: string, more: Stripe.PaymentIntentConfirmParams = {}) =>
    stripe.paymentIntents.confirm(id, { payment_method_data: { type: 'ideal' }, ...more });

  it('takes the customer of a method that redirects to its page', async () => {
    const { id } = await create({ automatic_payment_methods: { enabled: true } });
    const returnUrl = 'https://shop.test/done';
    const { status, next_action: next } = await payByIdeal(id, { return_url: returnUrl });
    expect([status, next?.redirect_to_url?.return_url]).toEqual(['requires_action', returnUrl]);
  });

  it('refuses such a method without a way back, or where the shop allows none, and others', async () => {
    const { id } = await create();
    const never = await create({ automatic_payment_methods: { enabled: true, allow_redirects: 'never' } });
    const back = { return_url: 'https://shop.test/done' };

    expect(await failure(payByIdeal(id))).toMatchObject({ statusCode: 400, param: 'return_url' });
    const param = 'payment_method_data[type]';
    expect(await failure(payByIdeal(never.id, back))).toMatchObject({ statusCode: 400, param });
    const unknown = payByIdeal(id, { ...back, payment_method_data: { type: 'paypal' } });
    expect(await failure(unknown)).toMatchObject({ statusCode: 400, param });
  });

  it('the page is closed without the client secret', async () => {
    const { id } = await waiting();
    expect((await fetch(`${running.url}/authenticate/${id}`)).status).toBe(400);
  });

  it('without a page to return to, the page says what the payment is', async () => {
    const page = String((await waiting('')).next_action?.redirect_to_url?.url);
    const decide = async () => {
      const reply = await fetch(page, { method: 'POST', body: new URLSearchParams({ outcome: 'fail' }) });
      return reply.text();
    };
    expect(await decide()).toContain('requires_payment_method');
    expect(await decide()).toContain('requires_payment_method');
  });

  it('refused on the page is an error of the payment', async () => {
    const intent = await waiting();
    const body = new URLSearchParams({ outcome: 'fail' });
    const page = String(intent.next_action?.redirect_to_url?.url);
    await fetch(page, { method: 'POST', body, redirect: 'manual' });
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });
});

describe('what is no text', () => {
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${running.url}/v1/payment_intents${path}`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_x',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body,
    });

  it.each([
    ['a form in Latin-1', '', 'amount=1999&currency=eur&metadata[name]=caf%E9', {}, 'The body'],
    [
      'a form of other bytes',
      '',
      Buffer.from('amount=1999&currency=eur&metadata[n]=\xe9', 'latin1'),
      {},
      'The body',
    ],
    ['a query with half a character', '?expand[]=%C3', 'amount=1999&currency=eur', {}, 'The query'],
    ['a path', '/pi_%FF/confirm', '', {}, 'The path'],
    ['a key', '', 'amount=1999&currency=eur', { 'idempotency-key': 'caf\xe9' }, 'The header idempotency-key'],
  ])('is refused: %s', async (_what, path, body, headers, named) => {
    const reply = await post(path, body, headers);
    expect([reply.status, await reply.json()]).toEqual([
      400,
      { error: { type: 'invalid_request_error', message: `${named} is not valid UTF-8.` } },
    ]);
  });

  it('is not what is written in UTF-8', async () => {
    const reply = await post('', 'amount=1999&currency=eur&metadata[name]=caf%C3%A9+100%25');
    expect(await reply.json()).toMatchObject({ metadata: { name: 'café 100%' } });
  });
});
