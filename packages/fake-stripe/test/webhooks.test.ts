import { waitFor } from '@shop/testing';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { failure, type Running, SECRET, startStripe } from './support/stripe-harness.ts';

let receiver: Receiver;
let running: Running;

beforeEach(async () => {
  receiver = await startReceiver();
  running = await startStripe({ webhooks: [{ url: receiver.url, secret: SECRET }] });
});

afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

const create = () => running.stripe.paymentIntents.create({ amount: 700, currency: 'eur' });
const confirm = (id: string, method: string) =>
  running.stripe.paymentIntents.confirm(id, { payment_method: method });
const settled = async (count: number) => {
  await waitFor(() => receiver.events.length >= count);
  await waitFor(async () => {
    const { data } = await running.stripe.events.list({ limit: 100 });
    return data.every((event) => event.pending_webhooks === 0);
  });
};

it('tells of every change, signed', async () => {
  const { id } = await create();
  await failure(confirm(id, 'pm_card_visa_chargeDeclined'));
  await confirm(id, 'pm_card_authenticationRequired');
  await confirm(id, 'pm_card_visa');
  await running.stripe.refunds.create({ payment_intent: id });
  await running.stripe.paymentIntents.cancel((await create()).id);
  await settled(7);
  expect(receiver.types().sort()).toEqual([
    'charge.refunded',
    'payment_intent.canceled',
    'payment_intent.created',
    'payment_intent.created',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'payment_intent.succeeded',
  ]);
  const succeeded = receiver.events.find((event) => event.type === 'payment_intent.succeeded');
  expect(succeeded).toMatchObject({
    object: 'event',
    livemode: false,
    data: { object: { id, status: 'succeeded', amount_received: 700 } },
  });
});

it('the same events can be read', async () => {
  const { id } = await create();
  await running.stripe.paymentIntents.cancel(id);
  await settled(2);
  const { data } = await running.stripe.events.list({ type: 'payment_intent.canceled' });
  expect(data).toHaveLength(1);
  const event = await running.stripe.events.retrieve(String(data[0]?.id));
  expect(event).toMatchObject({ type: 'payment_intent.canceled', data: { object: { id } } });
  expect(receiver.events.map((received) => received.id)).toContain(event.id);
});

it('is sent again until the receiver accepts, and then no more', async () => {
  receiver.failNext(3);
  await create();
  await settled(4);
  expect(new Set(receiver.events.map((event) => event.id)).size).toBe(1);
  expect(receiver.events).toHaveLength(4);
});

it('reaches every endpoint, each on its own', async () => {
  const second = await startReceiver();
  try {
    running.fake.addWebhook({ url: second.url, secret: SECRET });
    receiver.failNext(1);
    await create();
    await settled(2);
    expect(second.types()).toEqual(['payment_intent.created']);
    expect(receiver.types()).toEqual(['payment_intent.created', 'payment_intent.created']);
  } finally {
    await second.stop();
  }
});

it('refuses an endpoint that can never be reached', () => {
  expect(() => running.fake.addWebhook({ url: 'nowhere', secret: SECRET })).toThrow(/nowhere/);
  expect(() => running.fake.addWebhook({ url: receiver.url, secret: '' })).toThrow(/secret/);
});

it('stops within a second while it sends again and again', async () => {
  receiver.failNext(1_000);
  await create();
  await waitFor(() => receiver.events.length >= 2);
  const started = Date.now();
  await running.stop();
  expect(Date.now() - started).toBeLessThan(1_000);
});

it('an endpoint that is never there is given up in the end', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const impatient = await startStripe({
    webhooks: [{ url: 'http://127.0.0.1:1/', secret: SECRET }],
    retryDelaysMs: { first: 10, cap: 20, giveUp: 0 },
    log,
  });
  try {
    await impatient.stripe.paymentIntents.create({ amount: 1, currency: 'eur' });
    await waitFor(() => lines.length === 1);
    expect(lines[0]).toMatch(/payment_intent\.created .* given up: .*ECONNREFUSED/);
  } finally {
    await impatient.stop();
  }
});
