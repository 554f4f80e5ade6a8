import { operationsOf, routesOf, wrongExamples } from '@shop/testing';
import { document } from '../src/openapi.ts';
import { startCatalog } from './support/harness.ts';

it('every route is an operation of the document, and every operation is a route', async () => {
  const catalog = await startCatalog();
  expect(routesOf(catalog.app)).toEqual(operationsOf(document));
  expect((await catalog.get('/openapi.json')).body).toEqual(JSON.parse(JSON.stringify(document)));
  await catalog.stop();
});

it('every operation tells what it promises', () => {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  for (const { operationId, summary, description, tags } of operations) {
    expect([operationId, summary, description, tags[0]].every(Boolean)).toBe(true);
  }
});

it('every example is one', () => {
  expect(wrongExamples(document)).toEqual([]);
});
