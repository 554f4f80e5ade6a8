import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;

beforeAll(async () => {
  running = await startStripe();
});

afterAll(() => running.stop());

const create = (metadata: Record<string, string>) =>
  running.stripe.paymentIntents.create({ amount: 100, currency: 'eur', metadata });
const search = async (query: string) => {
  const result = await running.stripe.paymentIntents.search({ query });
  return result.data.map((intent) => intent.id);
};

it('finds by one metadata term, and by several that must all hold', async () => {
  const first = await create({ order_number: 'S-1', attempt: '1' });
  const second = await create({ order_number: 'S-1', attempt: '2' });
  await create({ order_number: 'S-2', attempt: '1' });
  expect(await search("metadata['order_number']:'S-1'")).toEqual([second.id, first.id]);
  expect(await search(`metadata["order_number"]:"S-1" AND metadata['attempt']:'1'`)).toEqual([first.id]);
  expect(await search("metadata['order_number']:'S-2' AND metadata['attempt']:'2'")).toEqual([]);
  expect(await search("metadata['toString']:'x'")).toEqual([]);
});

it('reads escaped quotes and AND inside a value', async () => {
  const { id } = await create({ note: "it's one AND two" });
  expect(await search(String.raw`metadata['note']:'it\'s one AND two'`)).toEqual([id]);
});

it('finds by status beside metadata', async () => {
  const { id } = await create({ order_number: 'S-3' });
  expect(await search("status:'canceled' AND metadata['order_number']:'S-3'")).toEqual([]);
  await running.stripe.paymentIntents.cancel(id);
  expect(await search("status:'canceled' AND metadata['order_number']:'S-3'")).toEqual([id]);
});

it('pages through many', async () => {
  for (let n = 0; n < 5; n += 1) await create({ batch: 'p' });
  const query = "metadata['batch']:'p'";
  const first = await running.stripe.paymentIntents.search({ query, limit: 2 });
  expect(first).toMatchObject({ object: 'search_result', has_more: true });
  const all = await running.stripe.paymentIntents
    .search({ query, limit: 2 })
    .autoPagingToArray({ limit: 100 });
  expect(new Set(all.map((intent) => intent.id)).size).toBe(5);
});

it.each(['', 'metadata', "metadata['a']:'b' OR metadata['a']:'c'", "metadata['a']:'b' AND", 'amount>100'])(
  'refuses the query %p',
  async (query) => {
    const error = await failure(running.stripe.paymentIntents.search({ query }));
    expect(error).toMatchObject({ statusCode: 400, param: 'query' });
  },
);
