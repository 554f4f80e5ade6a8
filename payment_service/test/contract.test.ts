import type { Role } from '@shop/contracts';
import { accessDifferences, operationsOf, problemDifferences, routesOf, wrongExamples } from '@shop/testing';
import { document } from '../src/generated/openapi.ts';
import { problems } from '../src/problems.ts';
import { admin, customer, type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

describe('openapi.yaml', () => {
  it('describes every route, and nothing else', () => {
    expect(routesOf(shop.service.app)).toEqual(operationsOf(document));
  });

  it('is served', async () => {
    const reply = await fetch(`${shop.url}/openapi.json`);
    expect(await reply.json()).toEqual(document);
  });

  it('and problems.ts have the same codes and statuses', () => {
    expect(problemDifferences(document, problems)).toEqual([]);
  });

  it('says who may call each route', async () => {
    const token = (role: Role) => (role === 'admin' ? admin : customer);
    expect(await accessDifferences(document, { baseUrl: shop.url, token })).toEqual([]);
  });

  it('has examples that fit their schemas', () => {
    expect(wrongExamples(document)).toEqual([]);
  });
});
