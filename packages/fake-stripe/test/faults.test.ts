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

describe('replies of the API', () => {
  it('come so many milliseconds late, after the effect', async () => {
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

  it('are as usual again after a reset', async () => {
    running.fake.faults.set({ failCreates: 9, dropReplies: 9 });
    running.fake.faults.reset();
    expect(await create()).toMatchObject({ amount: 900 });
  });
});

describe('webhooks', () => {
  it('come twice', async () => {
    running.fake.faults.set({ webhooks: 'double' });
    await create();
    await waitFor(() => receiver.events.length === 2);
    expect(receiver.events[0]?.id).toBe(receiver.events[1]?.id);
  });

  it('are held until they are released, in order', async () => {
    running.fake.faults.set({ webhooks: 'hold' });
    const ids = await createThree();
    expect(receiver.events).toHaveLength(0);
    await running.fake.faults.releaseWebhooks();
    expect(createdIds()).toEqual(ids);
    await create();
    await waitFor(() => receiver.events.length === 4);
  });

  it('are held and come in reverse order', async () => {
    running.fake.faults.set({ webhooks: 'reverse' });
    const ids = await createThree();
    running.fake.faults.set({ webhooks: 'deliver' });
    await waitFor(() => receiver.events.length === 3);
    expect(createdIds()).toEqual(ids.reverse());
  });

  it('are lost for good', async () => {
    running.fake.faults.set({ webhooks: 'lose' });
    await create();
    running.fake.faults.reset();
    await running.stop();
    await running.fake.start(running.port);
    const { id } = await create();
    await waitFor(() => receiver.events.length === 1);
    expect(createdIds()).toEqual([id]);
  });
});
