import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;

beforeAll(async () => {
  running = await startStripe();
});

afterAll(() => running.stop());

const create = (metadata: Record<string, string>) =>
  running.stripe.paymentIntents.create({ amount: 100, currency: 'eur', metadata });
const search = async (query: string) => {
  const result = await running.stripe.paymentIntents.search({ query, limit: 10 });
  return { ids: result.data.map((intent) => intent.id), more: result.has_more };
};

it('finds the payments with some metadata, newest first', async () => {
  const first = await create({ order_number: 'S-1', customer_id: '1' });
  const second = await create({ order_number: 'S-1', customer_id: '2' });
  await create({ order_number: 'S-2', customer_id: '1' });
  expect(await search("metadata['order_number']:'S-1'")).toEqual({ ids: [second.id, first.id], more: false });
  expect(await search("metadata['toString']:'x'")).toEqual({ ids: [], more: false });
});

it('says that there are more than the ten it returns', async () => {
  for (let n = 0; n < 11; n += 1) await create({ batch: 'b' });
  const { ids, more } = await search("metadata['batch']:'b'");
  expect([ids.length, more]).toEqual([10, true]);
});

it.each(['', 'metadata', "metadata['a']:'b' AND metadata['a']:'c'", 'amount>100'])(
  'refuses the query %p, which it cannot read',
  async (query) => {
    const error = await failure(running.stripe.paymentIntents.search({ query }));
    expect(error).toMatchObject({ statusCode: 400, param: 'query' });
  },
);
