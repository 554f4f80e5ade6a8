import type { Role } from '@shop/contracts';
import { accessDifferences, operationsOf, problemDifferences, routesOf, wrongExamples } from '@shop/testing';
import { document } from '../src/generated/openapi.ts';
import { problems } from '../src/problems.ts';
import { adminToken, type Catalog, customerToken, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

describe('openapi.yaml', () => {
  it('describes every route, and nothing else', () => {
    expect(routesOf(catalog.app)).toEqual(operationsOf(document));
  });

  it('is served', async () => {
    expect((await catalog.get('/openapi.json')).body).toEqual(document);
  });

  it('and problems.ts have the same codes and statuses', () => {
    expect(problemDifferences(document, problems)).toEqual([]);
  });

  it('says who may call each route', async () => {
    const token = (role: Role) => (role === 'admin' ? adminToken : customerToken);
    expect(await accessDifferences(document, { baseUrl: catalog.baseUrl, token })).toEqual([]);
  });

  it('has examples that fit their schemas', () => {
    expect(wrongExamples(document)).toEqual([]);
  });
});
