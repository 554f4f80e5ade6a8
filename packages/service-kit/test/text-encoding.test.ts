import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from './support/local-server.ts';
import { createTestApp } from './support/test-app.ts';

let seen: unknown[];
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  const { app } = createTestApp((router) => {
    router.all('/seen/{:name}', (req, res) => {
      seen.push(req.body, req.query, req.params['name']);
      res.json({});
    });
  });
  server = await serve(app);
});
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
});

async function send(path: string, headers: Record<string, string> = {}, body?: Buffer) {
  const request = httpRequest(`${server.url}${path}`, { method: body ? 'POST' : 'GET', headers });
  request.end(body);
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  return { status: reply.statusCode, body: JSON.parse(await text(reply)) };
}

const json = { 'content-type': 'application/json' };
const latin1 = (value: string) => Buffer.from(value, 'latin1');

it.each([
  ['a body in Latin-1', '/seen/', json, latin1('{"password":"caf\xe9\xe9"}'), 'The body'],
  ['a body cut in the middle of a character', '/seen/', json, Buffer.from('"é"').subarray(0, 2), 'The body'],
  ['a header in Latin-1', '/seen/', { 'x-name': 'caf\xe9' }, undefined, 'The header x-name'],
  [
    'a header of ours in Latin-1',
    '/seen/',
    { 'idempotency-key': 'caf\xe9' },
    undefined,
    'The header idempotency-key',
  ],
  ['a query in Latin-1', '/seen/?q=caf%E9', {}, undefined, 'The query'],
  ['a query with a character that breaks off', '/seen/?q=%C3%28', {}, undefined, 'The query'],
  ['the name of a parameter in Latin-1', '/seen/?%E9=q', {}, undefined, 'The query'],
  ['a path in Latin-1', '/seen/caf%E9', {}, undefined, 'The path'],
  ['a path that no route has', '/nowhere/%FF?q=%C3%A9', {}, undefined, 'The path'],
  ['a slash that is encoded in two bytes', '/seen/%C0%AF', {}, undefined, 'The path'],
  ['half of a surrogate pair', '/seen/%ED%A0%80', {}, undefined, 'The path'],
  ['what is beyond Unicode', '/seen/?q=%F4%90%80%80', {}, undefined, 'The query'],
])('refuses %s before any route sees it', async (_what, path, headers, body, named) => {
  const reply = await send(path, headers as Record<string, string>, body);
  expect(reply).toMatchObject({ status: 400, body: { code: 'invalid-encoding' } });
  expect(reply.body.detail).toMatch(named);
  expect(seen).toEqual([]);
});

it.each(['utf-16', 'utf-16le', 'utf-32', 'iso-8859-1'])(
  'refuses a body in %s, as JSON is UTF-8',
  async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    const reply = await send('/seen/', headers, Buffer.from('{}', 'utf16le'));
    expect(reply).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  },
);

it('takes every character in UTF-8, and percent signs that encode nothing', async () => {
  const headers = {
    'content-type': 'application/json; charset="UTF-8"',
    'x-name': Buffer.from('é🫖').toString('latin1'),
  };
  const reply = await send('/seen/caf%C3%A9?q=%F0%9F%AB%96%20100%', headers, Buffer.from('{"text":"é🫖"}'));
  expect(reply.status).toBe(200);
  expect(seen).toEqual([{ text: 'é🫖' }, { q: '🫖 100%' }, 'café']);
});

it('reads a body behind a byte order mark', async () => {
  const { status } = await send('/seen/', json, Buffer.from('\ufeff{"name":"Žluťoučký"}'));
  expect([status, seen[0]]).toEqual([200, { name: 'Žluťoučký' }]);
});
