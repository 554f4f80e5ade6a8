import { startTracing } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { openShop, type TestShop } from './support/shop.ts';

type TracingOptions = NonNullable<Parameters<typeof startTracing>[2]>;
type Exporter = NonNullable<TracingOptions['exporter']>;
type Span = Parameters<Exporter['export']>[0][number];

const spans: Span[] = [];
const exporter: Exporter = {
  export: (finished, done) => {
    spans.push(...finished);
    done({ code: 0 });
  },
  shutdown: async () => {},
};

let stopTracing: () => Promise<void>;
let shop: TestShop;
beforeAll(async () => {
  stopTracing = await startTracing({}, 'shop', { exporter });
  shop = await openShop();
}, 60_000);
afterAll(async () => {
  await shop?.close();
  await stopTracing?.();
});

it('is one trace from POST /orders to the webhook that completes the order', async () => {
  const [customer, productId] = [await shop.customer(), await shop.product(1)];
  const orderNumber = await customer.order(productId);
  await customer.reaches(orderNumber, 'processing');
  await customer.pay(orderNumber);
  await customer.reaches(orderNumber, 'completed');

  const named = (name: string) => spans.filter((span) => span.name === name);
  const webhook = await waitFor(() => named('payment webhook').at(-1), { what: 'the span of the webhook' });
  const traceId = webhook.spanContext().traceId;
  const ofOrder = spans.filter((span) => span.spanContext().traceId === traceId).map(({ name }) => name);
  expect(ofOrder).toEqual(expect.arrayContaining(['POST /orders', 'payment webhook']));
});
