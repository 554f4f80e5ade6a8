import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@shop/testing';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { failure, type Running, SECRET, startStripe, temporaryFolder } from './support/stripe-harness.ts';

let receiver: Receiver;
let running: Running;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dataFile: string;
let lines: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  folder = await temporaryFolder();
  dataFile = join(folder.path, 'stripe.jsonl');
  lines = [];
  running = await startStripe({
    dataFile,
    webhooks: [{ url: receiver.url, secret: SECRET }],
    log: (line) => lines.push(line),
  });
});

afterEach(async () => {
  await running.stop();
  await receiver.stop();
  await folder.remove();
});

const create = () => running.stripe.paymentIntents.create({ amount: 700, currency: 'eur' });
const confirm = (id: string, method: string) =>
  running.stripe.paymentIntents.confirm(id, { payment_method: method });

it('sends an event of every change, signed', async () => {
  const { id } = await create();
  await failure(confirm(id, 'pm_card_visa_chargeDeclined'));
  await confirm(id, 'pm_card_authenticationRequired');
  await confirm(id, 'pm_card_visa');
  await running.stripe.refunds.create({ payment_intent: id });
  await running.stripe.paymentIntents.cancel((await create()).id);
  await waitFor(() => receiver.events.length >= 8);
  expect(receiver.types().sort()).toEqual([
    'charge.refunded',
    'payment_intent.canceled',
    'payment_intent.created',
    'payment_intent.created',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'payment_intent.succeeded',
    'refund.created',
  ]);
  const dataOf = (type: string) => receiver.events.find((event) => event.type === type)?.data.object;
  expect(dataOf('payment_intent.succeeded')).toMatchObject({ id, object: 'payment_intent', amount: 700 });
  expect(dataOf('charge.refunded')).toMatchObject({ object: 'charge', payment_intent: id, refunded: true });
});

it('sends an event again until it is accepted, and then no more', async () => {
  receiver.failNext(3);
  await create();
  await waitFor(() => receiver.events.length === 4);
  const [event] = receiver.events;
  const accepted = `["unsent_events","${event?.id}",null]`;
  await waitFor(async () => (await readFile(dataFile, 'utf8')).includes(accepted));
  expect(receiver.events.map(({ id }) => id)).toEqual(Array(4).fill(event?.id));
  expect(lines).toEqual([`webhook payment_intent.created ${event?.id} was not accepted and is sent again`]);
});

it('sends events to every endpoint', async () => {
  const second = await startReceiver();
  try {
    running.fake.addWebhook({ url: second.url, secret: SECRET });
    await create();
    await waitFor(() => receiver.events.length === 1 && second.events.length === 1);
    expect(second.events).toEqual(receiver.events);
  } finally {
    await second.stop();
  }
});

it('stops within a second while it sends again and again', async () => {
  receiver.failNext(1_000);
  await create();
  await waitFor(() => receiver.events.length >= 2);
  const started = Date.now();
  await running.stop();
  expect(Date.now() - started).toBeLessThan(1_000);
});
