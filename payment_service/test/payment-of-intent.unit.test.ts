import type Stripe from 'stripe';
import { paymentOfIntent } from '../src/clients/payment-of-intent.ts';

type Intent = Stripe.PaymentIntent;

const intent = {
  id: 'pi_1',
  amount: 1_200,
  currency: 'usd',
  status: 'requires_payment_method',
  client_secret: 'pi_1_secret_x',
  metadata: { order_number: 'ord-12345678', customer_id: '7' },
  last_payment_error: null,
  latest_charge: null,
} as Partial<Intent> as Intent;
const declined = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  charge: 'ch_1',
  message: 'Your card has insufficient funds.',
  payment_method: { id: 'pm_1', card: { last4: '9995' } },
} as Intent['last_payment_error'];
const charge = { id: 'ch_2', refunded: false } as Stripe.Charge;

describe('the status of a payment', () => {
  it.each<[string, Partial<Intent>]>([
    ['created', {}],
    ['created', { status: 'requires_confirmation' }],
    ['created', { status: 'requires_action' }],
    ['created', { status: 'processing' }],
    // A new attempt after a decline is under way.
    ['created', { status: 'requires_action', latest_charge: 'ch_1' }],
    ['failed', { last_payment_error: declined, latest_charge: 'ch_1' }],
    ['cancelled', { status: 'canceled' }],
    ['cancelled', { status: 'canceled', last_payment_error: declined }],
    ['succeeded', { status: 'succeeded', latest_charge: charge }],
    ['succeeded', { status: 'succeeded', latest_charge: 'ch_2' }],
    ['refunded', { status: 'succeeded', latest_charge: { ...charge, refunded: true } }],
  ])('is %s for %j', (status, change) => {
    expect(paymentOfIntent({ ...intent, ...change }).status).toBe(status);
  });
});

describe('whose payment it is', () => {
  it('is what this service wrote', () => {
    expect(paymentOfIntent(intent).metadata).toEqual({ orderNumber: 'ord-12345678', customerId: 7 });
  });

  it('and the trace that its order began, if there is one', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = (value: string) => ({ ...intent, metadata: { ...intent.metadata, traceparent: value } });

    expect(paymentOfIntent(traced(traceparent)).metadata?.traceparent).toBe(traceparent);
    expect(paymentOfIntent(traced('00-nonsense')).metadata).toEqual({
      orderNumber: 'ord-12345678',
      customerId: 7,
    });
  });

  it.each<Intent['metadata']>([
    {},
    { order_number: 'ord-12345678' },
    { customer_id: '7' },
    { order_number: '#17', customer_id: '7' },
    { order_number: 'ord-12345678', customer_id: '0' },
    { order_number: 'ord-12345678', customer_id: '7.5' },
    { order_number: 'ord-12345678', customer_id: 'anna' },
  ])('is nobody of this shop for %j', (metadata) => {
    expect(() => paymentOfIntent({ ...intent, metadata })).toThrow('There is no such payment.');
  });
});

describe('a failure', () => {
  it('is known by its charge', () => {
    expect(paymentOfIntent({ ...intent, last_payment_error: declined }).failure).toBe('ch_1');
  });

  it('is known by its error where no charge was made', () => {
    const error = { type: 'invalid_request_error', code: 'payment_intent_authentication_failure' };
    const failed = { ...intent, last_payment_error: error as Intent['last_payment_error'] };

    expect(paymentOfIntent(failed).failure).toBe('payment_intent_authentication_failure');
  });
});

it('keeps a log without card data or secrets', () => {
  const { log } = paymentOfIntent({ ...intent, last_payment_error: declined, latest_charge: 'ch_1' });

  expect(JSON.parse(log)).toEqual({
    status: 'requires_payment_method',
    error: 'card_declined',
    declineCode: 'insufficient_funds',
    charge: 'ch_1',
  });
});
