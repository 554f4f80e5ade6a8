import { randomUUID } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createFakeStripe, type FakeStripe } from '@shop/fake-stripe';
import { waitFor } from '@shop/testing';
import { startReceiver } from './support/receiver.ts';
import { failure, SECRET, sdkFor, startStripe, temporaryFolder } from './support/stripe-harness.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
});

afterAll(() => folder.remove());

const newFile = () => join(folder.path, 'new', `${randomUUID()}.jsonl`);

async function withStripe<T>(
  dataFile: string,
  work: (stripe: ReturnType<typeof sdkFor>, fake: FakeStripe) => Promise<T>,
  url = 'http://127.0.0.1:1/',
): Promise<T> {
  const { stripe, fake, stop } = await startStripe({ dataFile, webhooks: [{ url, secret: SECRET }] });
  try {
    return await work(stripe, fake);
  } finally {
    await stop();
  }
}

const params = { amount: 300, currency: 'eur', metadata: { order_number: 'R-1' } };
const key = { idempotencyKey: 'pi:R-1' };

it('payments, refunds and idempotency keys are there after a restart', async () => {
  const file = newFile();
  const before = await withStripe(file, async (stripe, fake) => {
    const intent = await stripe.paymentIntents.create(params, key);
    await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    await stripe.refunds.create({ payment_intent: intent.id, amount: 100 });
    fake.faults.set({ failCreates: 1 });
    await failure(stripe.paymentIntents.create(params, { idempotencyKey: 'broken' }));
    return { intent, intents: fake.paymentIntents(), refunds: fake.refunds() };
  });
  await withStripe(file, async (stripe, fake) => {
    expect(fake.paymentIntents()).toEqual(before.intents);
    expect(fake.refunds()).toEqual(before.refunds);
    expect(await stripe.paymentIntents.create(params, key)).toEqual(before.intent);
    expect(await failure(stripe.paymentIntents.create({ ...params, amount: 1 }, key))).toMatchObject({
      rawType: 'idempotency_error',
    });
    expect(await failure(stripe.paymentIntents.create(params, { idempotencyKey: 'broken' }))).toMatchObject({
      statusCode: 500,
    });
    expect((await stripe.refunds.create({ payment_intent: before.intent.id })).amount).toBe(200);
  });
});

it('what is on disk when a reply arrives is enough: a copy of the file taken then has it all', async () => {
  const file = newFile();
  const copy = newFile();
  const made = await withStripe(file, async (stripe) => {
    const intents = await Promise.all(Array.from({ length: 30 }, () => stripe.paymentIntents.create(params)));
    await writeFile(copy, await readFile(file));
    return intents.map(({ id }) => id).sort();
  });
  await withStripe(copy, async (_stripe, fake) => {
    expect(
      fake
        .paymentIntents()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(made);
  });
});

it('webhooks that nobody accepted are sent after a restart, to the address of then', async () => {
  const file = newFile();
  const { id } = await withStripe(file, (stripe) => stripe.paymentIntents.create(params));
  const receiver = await startReceiver();
  try {
    await withStripe(
      file,
      async () => {
        await waitFor(() => receiver.events.length === 1);
        expect(receiver.events[0]).toMatchObject({
          type: 'payment_intent.created',
          data: { object: { id } },
        });
        const accepted = `["unsent_events","${receiver.events[0]?.id}",null]`;
        await waitFor(async () => (await readFile(file, 'utf8')).includes(accepted));
      },
      receiver.url,
    );
    await withStripe(file, (stripe) => stripe.paymentIntents.retrieve(id), receiver.url);
    expect(receiver.events).toHaveLength(1);
  } finally {
    await receiver.stop();
  }
});

it('a torn last line is dropped, and what follows it is not lost', async () => {
  const file = newFile();
  const { id } = await withStripe(file, (stripe) => stripe.paymentIntents.create(params));
  await appendFile(file, '[["payment_intents","pi_torn",{"id":"pi_to');
  const next = await withStripe(file, async (stripe, fake) => {
    expect(fake.paymentIntents().map((intent) => intent.id)).toEqual([id]);
    return stripe.paymentIntents.create(params);
  });
  await withStripe(file, async (_stripe, fake) => {
    expect(fake.paymentIntents().map((intent) => intent.id)).toEqual([id, next.id]);
  });
});

it('a journal of an earlier release can be read, and its other tables are dropped', async () => {
  const file = newFile();
  const { id } = await withStripe(file, (stripe) => stripe.paymentIntents.create(params));
  await appendFile(file, '[["deliveries","evt_1:0",{"event":"evt_1","endpoint":0}]]\n');
  await withStripe(file, async (_stripe, fake) => {
    expect(fake.paymentIntents().map((intent) => intent.id)).toEqual([id]);
  });
  expect(await readFile(file, 'utf8')).not.toContain('deliveries');
});

it('damage in the middle stops the start, and names the line', async () => {
  const file = newFile();
  await withStripe(file, (stripe) => stripe.paymentIntents.create(params));
  const text = await readFile(file, 'utf8');
  await writeFile(file, `garbage\n${text}`);
  await expect(createFakeStripe({ dataFile: file, webhooks: [] }).start()).rejects.toThrow(/jsonl:1 /);
  expect(await readFile(file, 'utf8')).toBe(`garbage\n${text}`);
});

it('the file shrinks at start to what is still true', async () => {
  const file = newFile();
  await withStripe(file, async (stripe) => {
    const { id } = await stripe.paymentIntents.create(params);
    for (let n = 0; n < 5; n += 1) {
      await failure(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclined' }));
    }
  });
  const before = await readFile(file, 'utf8');
  await withStripe(file, async () => {});
  const after = await readFile(file, 'utf8');
  expect(after.split('"payment_intents"').length - 1).toBe(1);
  expect(before.split('"payment_intents"').length - 1).toBe(6);
});

it('in memory, the same one may stop and start again', async () => {
  const fake = createFakeStripe({ webhooks: [] });
  const first = await fake.start();
  const { id } = await sdkFor(first.port).paymentIntents.create(params);
  await fake.stop();
  expect(await failure(sdkFor(first.port).paymentIntents.retrieve(id))).toMatchObject({
    type: 'StripeConnectionError',
  });
  const second = await fake.start(first.port);
  try {
    expect(await sdkFor(second.port).paymentIntents.retrieve(id)).toMatchObject({ id });
  } finally {
    await fake.stop();
  }
});

it('a taken port fails the start, and a later one works', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => {
    blocker.listen(0, '127.0.0.1', resolve);
  });
  const { port } = blocker.address() as { port: number };
  const fake = createFakeStripe({ dataFile: newFile(), webhooks: [] });
  await expect(fake.start(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((resolve) => {
    blocker.close(resolve);
  });
  expect(await fake.start(port)).toEqual({ port, url: `http://127.0.0.1:${port}` });
  await fake.stop();
});
