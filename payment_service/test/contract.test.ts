import { operationsOf, routesOf } from '@shop/testing';
import { document } from '../src/openapi.ts';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

it('the document describes every route, and nothing else', () => {
  expect(operationsOf(document)).toEqual(routesOf(shop.service.app));
});

it('the document is served', async () => {
  const reply = await fetch(`${shop.url}/openapi.json`);
  expect(await reply.json()).toEqual(JSON.parse(JSON.stringify(document)));
});

it('the document names every problem code of this service', () => {
  const codes = [
    ...['order-not-found', 'payment-not-found', 'stock-pending', 'order-cancelled', 'order-completed'],
    ...['payment-succeeded', 'payment-cancelled', 'payment-refunded', 'payment-not-possible'],
    ...['stripe-unavailable', 'order-service-unavailable', 'events-unavailable', 'keys-unavailable'],
  ];
  const described = JSON.stringify(document.paths['/create-payment']);
  expect(codes.filter((code) => !described.includes(`\`${code}\`:`))).toEqual([]);
});
