import type { Role } from '@shop/contracts';
import { accessDifferences, operationsOf, problemDifferences, routesOf, wrongExamples } from '@shop/testing';
import request from 'supertest';
import { factTypes } from '../src/domain/order-status.ts';
import { document } from '../src/generated/openapi.ts';
import { problems } from '../src/problems.ts';
import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

describe('openapi.yaml', () => {
  it('describes every route, and nothing else', () => {
    expect(routesOf(shop.app)).toEqual(operationsOf(document));
  });

  it('is served without a token', async () => {
    const { body } = await request(shop.url).get('/openapi.json').expect(200);
    expect(body).toEqual(document);
  });

  it('and problems.ts have the same codes and statuses', () => {
    expect(problemDifferences(document, problems)).toEqual([]);
  });

  it('says who may call each route', async () => {
    const tokenOf = (role: Role) => token(1, { role });
    expect(await accessDifferences(document, { baseUrl: shop.url, token: tokenOf })).toEqual([]);
  });

  it('has examples that fit their schemas', () => {
    expect(wrongExamples(document)).toEqual([]);
  });

  it('explains every cause of a history entry, and nothing else', () => {
    const { cause } = (document.components.schemas['HistoryEntry'] as { properties: Record<string, Cause> })
      .properties;
    const causes = ['created', ...factTypes, 'shipped', 'delivered', 'disputed'];
    expect(cause?.enum).toEqual(causes);
    expect([...(cause?.description.matchAll(/- `(.+?)`: /g) ?? [])].map(([, name]) => name)).toEqual(causes);
  });
});

interface Cause {
  readonly enum: readonly string[];
  readonly description: string;
}
