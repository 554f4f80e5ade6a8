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

const create = () => running.stripe.paymentIntents.create({ amount: 900, currency: 'eur' });
const createdIds = () => receiver.events.map((event) => (event.data.object as { id: string }).id);

/** Each payment's webhook is owed before the next is made. */
async function createThree(): Promise<string[]> {
  return [(await create()).id, (await create()).id, (await create()).id];
}

describe('replies', () => {
  it('are late by so many milliseconds, after the effect', async () => {
    running.fake.faults.set({ slowMs: 1_500 });
    const started = Date.now();
    const slow = create();
    await waitFor(() => running.fake.paymentIntents().length === 1, { timeoutMs: 1_400 });
    await slow;
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_490);
  });

  it('are dropped after the effect, so many times', async () => {
    // Two, because the SDK tries once more after a cut connection even with its retries turned off.
    running.fake.faults.set({ dropReplies: 2 });
    const cut = running.stripe.paymentIntents.create(
      { amount: 900, currency: 'eur' },
      { idempotencyKey: 'cut' },
    );
    expect(await failure(cut)).toMatchObject({ type: 'StripeConnectionError' });
    expect(running.fake.paymentIntents()).toHaveLength(1);
    expect(running.fake.faults.get()).toMatchObject({ dropReplies: 0 });
    expect(await create()).toMatchObject({ amount: 900 });
  });

  it('are 500 without an effect', async () => {
    running.fake.faults.set({ failCreates: 1 });
    expect(await failure(create())).toMatchObject({ statusCode: 500 });
    expect(running.fake.paymentIntents()).toHaveLength(0);
  });

  it('are 500 in spite of the effect', async () => {
    running.fake.faults.set({ failCreatesAfterEffect: 1 });
    expect(await failure(create())).toMatchObject({ statusCode: 500 });
    expect(running.fake.paymentIntents()).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('come twice', async () => {
    running.fake.faults.set({ webhooks: 'double' });
    await create();
    await waitFor(() => receiver.events.length === 2);
    expect(receiver.events[0]?.id).toBe(receiver.events[1]?.id);
  });

  it('are held until released, in order', async () => {
    running.fake.faults.set({ webhooks: 'hold' });
    const ids = await createThree();
    expect(receiver.events).toHaveLength(0);
    await running.fake.faults.releaseWebhooks();
    expect(createdIds()).toEqual(ids);
    await create();
    await waitFor(() => receiver.events.length === 4);
  });

  it('are held and come in reverse', async () => {
    running.fake.faults.set({ webhooks: 'reverse' });
    const ids = await createThree();
    running.fake.faults.set({ webhooks: 'deliver' });
    await waitFor(() => receiver.events.length === 3);
    expect(createdIds()).toEqual(ids.reverse());
  });

  it('are lost, and events still tell', async () => {
    running.fake.faults.set({ webhooks: 'lose' });
    await create();
    running.fake.faults.reset();
    const { id } = await create();
    await waitFor(() => receiver.events.length === 1);
    expect(createdIds()).toEqual([id]);
    const { data } = await running.stripe.events.list();
    expect(data).toHaveLength(2);
    expect(data.map((event) => event.pending_webhooks)).toContain(0);
  });
});

describe('over HTTP', () => {
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${running.url}/_faults${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });

  it('another process sets them, sees them, and takes them back', async () => {
    const set = await call('POST', '', { slowMs: 5, webhooks: 'hold' });
    expect(await set.json()).toMatchObject({ slowMs: 5, webhooks: 'hold', dropReplies: 0 });
    expect(running.fake.faults.get()).toMatchObject({ slowMs: 5, webhooks: 'hold' });
    await create();
    expect(await (await call('POST', '/release')).json()).toMatchObject({ webhooks: 'deliver' });
    expect(receiver.types()).toEqual(['payment_intent.created']);
    await call('DELETE', '');
    expect(await (await call('GET', '')).json()).toMatchObject({ slowMs: 0, webhooks: 'deliver' });
  });

  it.each([[{ slow: 1 }], [{ slowMs: -1 }], [{ webhooks: 'sometimes' }], [[]]])(
    'refuses %j',
    async (change) => {
      const before = running.fake.faults.get();
      expect((await call('POST', '', change)).status).toBe(400);
      expect(running.fake.faults.get()).toEqual(before);
    },
  );

  it('refuses what a page of another origin could send without asking', async () => {
    const reply = await fetch(`${running.url}/_faults`, { method: 'POST', body: '{"failCreates":1}' });
    expect(reply.status).toBe(400);
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });
});
