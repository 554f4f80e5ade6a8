import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { defineProblems, requestProblems } from '@shop/service-kit';
import type { RequestHandler } from 'express';
import request from 'supertest';
import { serve } from './support/local-server.ts';
import { problem } from './support/problems.ts';
import { createTestApp } from './support/test-app.ts';

const answering = (handle: RequestHandler) => createTestApp((router) => router.all('/it/:id', handle));
const throwing = (error: unknown) =>
  answering(() => {
    throw error;
  });

const statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 417, 422, 428, 429, 503];

it.each(statuses)('answers a problem of status %d', async (status) => {
  const { problem } = defineProblems({
    'some-code': { status, detail: 'What happened.' },
  });
  const { app } = throwing(problem('some-code', { cause: new Error('SELECT') }));
  const reply = await request(app).get('/it/7?token=hidden').set('X-Request-Id', 'request-1');

  expect(reply.status).toBe(status);
  expect(reply.type).toBe('application/problem+json');
  expect(reply.headers['cache-control']).toBe('no-store');
  expect(JSON.parse(reply.text)).toEqual({
    type: 'urn:shop:problem:some-code',
    title: 'Some code',
    status,
    detail: 'What happened.',
    instance: '/it/7',
    code: 'some-code',
    requestId: 'request-1',
  });
  expect(reply.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
});

it('adds details and Retry-After, and lets details overwrite nothing', async () => {
  const { problem } = defineProblems({
    'insufficient-stock': { status: 409, detail: 'Few.' },
  });
  // Not what the type allows, but what a member of another service's reply may be called.
  const details = { available: 3, status: 200, code: 'x' } as object;
  const { app } = throwing(problem('insufficient-stock', { ...details, retryAfter: 2 }));
  const reply = await request(app).get('/it/7');
  expect(reply.headers['retry-after']).toBe('2');
  expect(reply.body).toMatchObject({ available: 3, status: 409, code: 'insufficient-stock' });
});

it('names all fields of invalid input', async () => {
  const errors = [
    { field: 'items.0.qty', message: 'must be at least 1, not 0' },
    { field: 'email', message: 'must be there' },
  ];
  const { app } = throwing(defineProblems(requestProblems).problem('validation-failed', { errors }));
  const reply = await request(app).get('/it/7');
  expect(reply.body).toMatchObject({
    status: 400,
    code: 'validation-failed',
    errors,
    detail: 'items.0.qty must be at least 1, not 0; email must be there',
  });
});

it.each([
  ['an error', new TypeError("Cannot read properties of undefined (reading 'hash')")],
  ['a text', 'SELECT password FROM users'],
  ['nothing', undefined],
  ['an asynchronous error', Promise.reject(new Error('relation "users" does not exist'))],
])('answers %s that nobody expected with a bare 500, and logs it', async (_, thrown) => {
  if (thrown instanceof Promise) thrown.catch(() => {});
  const { app, log } = answering(async () => {
    throw await thrown;
  });
  const reply = await request(app).get('/it/7').set('X-Request-Id', 'request-2');

  expect(reply.status).toBe(500);
  expect(reply.text).not.toMatch(/hash|password|users|\.ts|at /);
  expect(reply.body).toMatchObject({ code: 'internal-error', requestId: 'request-2' });
  const [line] = log.lines.filter(({ msg }) => msg === 'unexpected error');
  expect(line).toMatchObject({ level: 50, requestId: 'request-2', method: 'GET', path: '/it/7' });
  if (thrown instanceof Error) expect(JSON.stringify(line)).toContain(thrown.message.slice(0, 20));
});

it.each([
  ['malformed JSON', '{"a":', 'application/json', 400, 'malformed-json'],
  [
    'a body that is too large',
    JSON.stringify('a'.repeat(100 * 1024)),
    'application/json',
    413,
    'body-too-large',
  ],
  ['another media type', '<a/>', 'application/xml', 415, 'unsupported-media-type'],
  ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
  ['another character set', '{}', 'application/json; charset=koi8-r', 415, 'unsupported-media-type'],
  ['something that only looks like JSON', '{}', 'application/jsonp', 415, 'unsupported-media-type'],
])('refuses %s', async (_, body, type, status, code) => {
  const { app, log } = answering((_req, res) => void res.end());
  const reply = await request(app).post('/it/7').set('Content-Type', type).send(body);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({ status, code });
  expect(reply.text).not.toMatch(/token|position|koi8|limit/i);
  expect(log.lines.filter(({ level }) => level >= 50)).toEqual([]);
});

it.each([
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/json;charset=utf8',
  'application/json; charset="UTF8"',
  'application/merge-patch+json',
])('takes a body of type %s', async (type) => {
  const { app } = answering((req, res) => void res.json({ got: req.body }));
  const reply = await request(app).post('/it/7').set('Content-Type', type).send('{"a":[1]}');
  expect(reply.body).toEqual({ got: { a: [1] } });
});

it('refuses a body that is nested so deeply that it could overflow what reads it', async () => {
  const { app } = answering((_req, res) => void res.json({}));
  const post = (depth: number, open: string, close: string) =>
    request(app)
      .post('/it/7')
      .set('Content-Type', 'application/json')
      .send(`${open.repeat(depth)}1${close.repeat(depth)}`);
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    expect((await post(32, open, close)).status).toBe(200);
    for (const depth of [33, 15_000]) {
      const reply = await post(depth, open, close);
      expect(reply.body).toMatchObject({
        status: 400,
        code: 'validation-failed',
        errors: [{ field: 'body' }],
      });
    }
  }
});

it('refuses a compressed body that grows beyond the limit, and a broken one', async () => {
  const { app } = answering((_req, res) => void res.end());
  const post = (body: Buffer) =>
    request(app)
      .post('/it/7')
      .set({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      .serialize(() => body as never)
      .send(body);
  expect((await post(gzipSync(JSON.stringify('a'.repeat(1_000_000))))).status).toBe(413);
  expect((await post(Buffer.from('no gzip'))).body).toMatchObject({ status: 400 });
});

it.each([
  [
    'an encoding that nobody knows',
    'zstd',
    Buffer.from('{}'),
    415,
    'must be gzip, deflate or br, not "zstd"',
  ],
  ['several encodings', 'gzip, br', Buffer.from('{}'), 415, 'must be gzip, deflate or br, not "gzip, br"'],
  ['gzip that is none', 'gzip', Buffer.from('{}'), 400, 'what its Content-Encoding says, "gzip"'],
  ['deflate that is none', 'deflate', Buffer.from('{}'), 400, 'what its Content-Encoding says, "deflate"'],
  ['brotli that is none', 'br', gzipSync('{"a":1}'), 400, 'what its Content-Encoding says, "br"'],
  ['half of a body', 'gzip', gzipSync('{"a":1}').subarray(0, 20), 400, 'or not all of it'],
  ['gzip without its encoding', 'identity', gzipSync('{"a":1}'), 415, 'Content-Encoding does not say'],
  ['gzip twice, said once', 'gzip', gzipSync(gzipSync('{"a":1}')), 415, 'Content-Encoding does not say'],
])('refuses %s, and says so', async (_, encoding, body, status, detail) => {
  const { app } = answering((_req, res) => void res.end());
  const reply = await request(app)
    .post('/it/7')
    .set({ 'Content-Type': 'application/json', 'Content-Encoding': encoding })
    .serialize(() => body as never)
    .send(body);
  expect(reply.body).toMatchObject({ status, detail: expect.stringContaining(detail) });
});

it.each([undefined, 'application/json', 'text/plain', 'application/json; charset=latin1'])(
  'takes an empty body in chunks for none, whatever its type: %s',
  async (type) => {
    const { app } = answering((req, res) => void res.json({ got: req.body ?? 'nothing' }));
    const server = await serve(app);
    const headers = { 'transfer-encoding': 'chunked', ...(type && { 'content-type': type }) };
    const post = httpRequest(`${server.url}/it/7`, { method: 'POST', headers });
    post.end();
    const [reply] = (await once(post, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(reply))).toEqual({ got: 'nothing' });
    await server.close();
  },
);

it('refuses a body in chunks that is not JSON, before it is known how long it is', async () => {
  const { app } = answering((_req, res) => void res.json({}));
  const server = await serve(app);
  const headers = { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' };
  const post = httpRequest(`${server.url}/it/7`, { method: 'POST', headers });
  post.end('{}');
  const [reply] = (await once(post, 'response')) as [IncomingMessage];
  expect(JSON.parse(await text(reply))).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  await server.close();
});

it.each([
  ['/api', '/api/it/7'],
  ['/shop/v1', '/shop/v1/it/7'],
  ['', '/it/7'],
  ['api', '/it/7'],
  ['//evil.test', '/it/7'],
  ['/api"><b>', '/it/7'],
])('has the path as it was before a gateway took away %j', async (prefix, instance) => {
  const { app } = answering(() => {
    throw problem('taken');
  });
  const reply = await request(app).get('/it/7?q=1').set('X-Forwarded-Prefix', prefix);
  expect(reply.body.instance).toBe(instance);
});

it('refuses a path that is wrongly encoded', async () => {
  const { app } = answering((_req, res) => void res.end());
  const reply = await request(app).get('/it/%zz');
  expect(reply.body).toMatchObject({ status: 400, code: 'malformed-request' });
});

it('says which route is not there', async () => {
  const reply = await request(createTestApp().app).delete('/nowhere?a=b');
  expect(reply.body).toMatchObject({
    status: 404,
    code: 'route-not-found',
    detail: 'There is no DELETE /nowhere here.',
  });
});

const withCode = (code: string, message = 'the database says no') =>
  Object.assign(new Error(message), { code });

it.each([
  ['refuses connections', withCode('ECONNREFUSED')],
  ['cannot be found for now', withCode('EAI_AGAIN')],
  ['cannot be routed to', withCode('EHOSTUNREACH')],
  ['shuts down', withCode('57P01')],
  ['starts up', withCode('57P03')],
  ['has no connection left', withCode('53300')],
  ['is too slow', withCode('57014')],
  ['waits for a lock too long', withCode('55P03')],
  ['is stuck in deadlocks', withCode('40P01')],
  ['has no connection in the pool in time', new Error('timeout exceeded when trying to connect')],
  ['cuts the connection', new Error('Connection terminated unexpectedly')],
  ['does not answer', new Error('Query read timeout')],
])('answers 503 when the database %s, however deep an ORM hides it', async (_, error) => {
  for (const thrown of [error, new Error('Failed query: SELECT secret', { cause: error })]) {
    const reply = await request(throwing(thrown).app).get('/it/7');
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('1');
    expect(reply.body).toMatchObject({ code: 'database-unavailable' });
    expect(reply.text).not.toMatch(/says no|secret|timeout|terminated/);
  }
});

it.each(['22021', '22P05'])('answers 400 when the database cannot keep a text (%s)', async (code) => {
  const error = withCode(code, 'invalid byte sequence for encoding "UTF8": 0x00');
  for (const thrown of [error, new Error('Failed query: SELECT secret', { cause: error })]) {
    const { app, log } = throwing(thrown);
    const reply = await request(app).get('/it/7');
    expect(reply.body).toMatchObject({ status: 400, code: 'invalid-characters' });
    expect(reply.text).not.toMatch(/byte|secret|UTF8/);
    expect(log.lines.filter(({ level }) => level >= 50)).toEqual([]);
  }
});

it('does not take other database errors for an outage', async () => {
  expect((await request(throwing(withCode('42P01')).app).get('/it/7')).status).toBe(500);
});

it('cuts a reply that fails half-way, rather than ending it as if it were whole', async () => {
  const { app, log } = answering((_req, res) => {
    res.write('{"items":[');
    throw new Error('half-way');
  });
  await expect(request(app).get('/it/7')).rejects.toThrow(/aborted|socket hang up/);
  expect(log.lines.some(({ msg }) => msg === 'unexpected error')).toBe(true);
});
