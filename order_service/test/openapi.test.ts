import { operationsOf, routesOf, wrongExamples } from '@shop/testing';
import request from 'supertest';
import { document } from '../src/index.ts';
import { type ProblemCode, problemTypes } from '../src/schemas/problems.ts';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
const own = operations.filter(({ tags }) => !tags.includes('Operation'));

it('describes every route, and no other', () => {
  expect(operationsOf(document)).toEqual(routesOf(shop.app));
});

it('is served, for whoever asks', async () => {
  const { body } = await request(shop.url).get('/openapi.json').expect(200);

  expect(body).toEqual(JSON.parse(JSON.stringify(document)));
});

it('has examples that are what they say they are, for every reply', () => {
  expect(wrongExamples(document)).toEqual([]);
  expect(JSON.stringify(document).split('"examples":').length).toBeGreaterThan(75);
});

it('tells of every operation what it promises, and asks for a token', () => {
  expect(own).toHaveLength(10);
  for (const { summary, description = '', security, operationId } of own) {
    expect([operationId, summary.length > 10, description.length > 30, security]).toEqual([
      operationId,
      true,
      true,
      [{ bearer: [] }],
    ]);
  }
});

it('explains every problem that some operation answers, and no other', () => {
  const text = JSON.stringify(own);
  const codes = Object.keys(problemTypes) as ProblemCode[];

  expect(codes.filter((code) => !text.includes(`- \`${code}\`: `))).toEqual([]);
});

it('refers to schemas that it has', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  const names = new Set(references.map(([, name]) => name));

  expect([...names].filter((name) => !(String(name) in document.components.schemas))).toEqual([]);
  expect(Object.keys(document.components.schemas).filter((name) => !names.has(name))).toEqual([]);
});
