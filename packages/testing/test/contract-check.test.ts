import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ContractDocument } from '@shop/service-kit';
import { createContractCheck, operationsOf, routesOf, wrongExamples } from '@shop/testing';
import express from 'express';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const problemSchema = { type: 'object', required: ['code'] };
const document: ContractDocument = {
  openapi: '3.1.0',
  info: { title: 'Things' },
  paths: {
    '/things/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          200: { description: 'The thing.', ...json({ $ref: '#/components/schemas/Thing' }) },
          404: { description: 'None.', content: { 'application/problem+json': { schema: problemSchema } } },
        },
      },
    },
  },
  components: {
    schemas: { Thing: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] } },
  },
};

async function violationsOf(answer: express.RequestHandler, path: string): Promise<readonly string[]> {
  const { observer, violations } = createContractCheck(document);
  const server = express().use(observer).get('/things/:id', answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text();
  server.close();
  await once(server, 'close');
  return violations();
}

it('has nothing to say of what is as described, or of what others add to the query', async () => {
  expect(await violationsOf((_req, res) => void res.json({ id: 1 }), '/things/1?utm_source=x')).toEqual([]);
});

it.each<[string, express.RequestHandler, string, string]>([
  ['a body that does not fit', (_req, res) => void res.json({ id: 'x' }), '/things/1', '/id must be integer'],
  [
    'a status that is not described',
    (_req, res) => void res.status(202).json({ id: 1 }),
    '/things/1',
    'no such reply',
  ],
  ['another media type', (_req, res) => void res.send('thing'), '/things/1', 'media type text/html'],
  [
    'an accepted path parameter of the wrong type',
    (_req, res) => void res.json({ id: 1 }),
    '/things/a',
    'must be integer',
  ],
  [
    'a problem that is none',
    (_req, res) => void res.status(404).type('application/problem+json').send('{}'),
    '/things/1',
    'required',
  ],
])('finds %s', async (_name, answer, path, expected) => {
  expect((await violationsOf(answer, path)).join()).toContain(expected);
});

it('follows references to replies, parameters and bodies, and takes default for any other status', async () => {
  const problem = {
    description: 'A problem.',
    content: { 'application/problem+json': { schema: { required: ['code'] } } },
  };
  const thing = { content: { 'application/json': { schema: { required: ['name'] } } } };
  const { observer, violations } = createContractCheck({
    openapi: '3.1.0',
    info: { title: 'Things' },
    paths: {
      '/things/{id}': {
        post: {
          parameters: [{ $ref: '#/components/parameters/Id' }],
          requestBody: { $ref: '#/components/requestBodies/Thing' },
          responses: {
            200: { $ref: '#/components/responses/Thing' },
            default: { $ref: '#/components/responses/Problem' },
          },
        },
      },
    },
    components: {
      schemas: {},
      parameters: { Id: { name: 'id', in: 'path', required: true, schema: { type: 'integer' } } },
      requestBodies: { Thing: thing },
      responses: { Problem: problem, Thing: { description: 'It.', ...thing } },
    },
  });
  const app = express().use(observer, express.json());
  app.post('/things/:id', (req, res) => {
    if (req.query['fail'] === undefined) return void res.json(req.body);
    res.status(418).type('application/problem+json').send('{}');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    await (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text();
  };
  await post('/things/1', { name: 'x' });
  expect(violations()).toEqual([]);
  await post('/things/a', {});
  await post('/things/1?fail', {});
  server.close();
  await once(server, 'close');
  expect(violations()).toEqual([
    expect.stringMatching(/→ 200: .*must have required property 'name'/),
    expect.stringMatching(/→ 200: .*must have required property 'name'/),
    expect.stringMatching(/→ 200: .*parameters\/Id\/schema: .*must be integer/),
    expect.stringMatching(/→ 418: .*must have required property 'code'/),
  ]);
});

it('finds examples that are none', () => {
  const id = (examples: readonly unknown[]) => ({ type: 'integer', examples });
  const thing = (value: unknown) => ({
    schema: { type: 'object', properties: { id: id([1]) }, required: ['id'] },
    examples: { one: { value } },
  });
  const withExamples = (schemaId: unknown, body: unknown, parameter: unknown) =>
    wrongExamples({
      ...document,
      paths: {
        '/things': {
          post: {
            operationId: 'addThing',
            summary: 'A thing.',
            tags: [],
            parameters: [{ name: 'at', in: 'query', schema: { type: 'integer' }, example: parameter }],
            requestBody: { required: true, content: { 'application/json': thing(body) } },
            responses: { 200: { description: 'It.', ...json({ $ref: '#/components/schemas/Thing' }) } },
          },
        },
      },
      components: { ...document.components, schemas: { Thing: { properties: { id: id([schemaId]) } } } },
    });
  expect(withExamples(1, { id: 1 }, 1)).toEqual([]);
  expect(
    withExamples('x', { id: 'y' }, 'z')
      .map((problem) => problem.split(' ')[0])
      .sort(),
  ).toEqual([
    '/components/schemas/Thing/properties/id',
    '/paths/~1things/post/parameters/0/schema',
    '/paths/~1things/post/requestBody/content/application~1json/schema',
  ]);
});

it('lists routes and operations in one notation', () => {
  const app = express().use(
    express
      .Router()
      .get('/things/:id', () => {})
      .patch(['/a', '/b/:c'], () => {}),
  );
  expect(routesOf(app)).toEqual(['GET /things/{id}', 'PATCH /a', 'PATCH /b/{c}']);
  expect(operationsOf(document)).toContain('GET /things/{id}');
});
