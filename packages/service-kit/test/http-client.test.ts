import type { RequestListener } from 'node:http';
import {
  createHttpClient,
  defineProblems,
  type HttpClientOptions,
  Problem,
  withTrace,
} from '@shop/service-kit';
import { serve } from './support/local-server.ts';
import { unavailable } from './support/problems.ts';

let server: Awaited<ReturnType<typeof serve>>;
let calls: number;
let answer: RequestListener;

beforeEach(async () => {
  calls = 0;
  answer = (_req, res) => void res.end('{}');
  server = await serve((req, res) => {
    calls++;
    answer(req, res);
  });
});
afterEach(() => server.close());

const createClient = (options: Partial<HttpClientOptions> = {}) =>
  createHttpClient({ name: 'catalog_service', urls: [server.url], unavailable, ...options });
const get = { method: 'GET', path: '/it' } as const;
const failure = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
};
const inTurn = (...listeners: RequestListener[]): RequestListener => {
  let turn = 0;
  return (req, res) => (listeners[turn++] ?? listeners.at(-1))?.(req, res);
};
const well: RequestListener = (_req, res) => void res.end('{"ok":true}');
const status =
  (code: number): RequestListener =>
  (_req, res) =>
    void res.writeHead(code).end('{"code":"x"}');
const cut: RequestListener = (req) => void req.socket.destroy();
const cutInMidReply: RequestListener = (_req, res) => {
  res.writeHead(200, { 'content-length': '100' }).write('{"ok":');
  setImmediate(() => res.destroy());
};
const silent: RequestListener = () => {};
const stopsInMidReply: RequestListener = (_req, res) => void res.write('{"ok":');

it('sends what it is given, within the trace, and gives back what came', async () => {
  let seen: unknown;
  answer = (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const { accept, authorization } = req.headers;
      const trace = [req.headers['x-request-id'], req.headers['traceparent']];
      const { method, url } = req;
      const type = req.headers['content-type'];
      seen = { method, url, accept, authorization, type, trace, body: Buffer.concat(chunks).toString() };
      res.writeHead(201, { etag: '"5"' }).end('{"items":[]}');
    });
  };
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const reply = await withTrace({ requestId: 'r-1', traceparent }, () =>
    createClient().send({
      method: 'POST',
      path: '/stock?x=1',
      body: { ids: [1] },
      headers: { authorization: 'B' },
    }),
  );
  expect(seen).toEqual({
    method: 'POST',
    url: '/stock?x=1',
    accept: 'application/json',
    authorization: 'B',
    type: 'application/json',
    trace: ['r-1', traceparent],
    body: '{"ids":[1]}',
  });
  expect(reply).toMatchObject({ status: 201, body: { items: [] } });
  expect(reply.headers['etag']).toBe('"5"');
});

it.each([400, 401, 404, 409, 422, 429])('gives back %d, and does not try again', async (code) => {
  answer = status(code);
  expect(await createClient().send(get)).toMatchObject({ status: code, body: { code: 'x' } });
  expect(calls).toBe(1);
});

it('gives back a reply without a body', async () => {
  answer = (_req, res) => void res.writeHead(204).end();
  expect(await createClient().send(get)).toMatchObject({ status: 204, body: undefined });
});

it.each([
  ['a 503', status(503)],
  ['a 500', status(500)],
  ['a connection that is cut', cut],
  ['a connection that is cut in the middle of the reply', cutInMidReply],
  ['something that is not JSON', ((_req, res) => void res.end('<html>')) as RequestListener],
  ['a redirect', ((_req, res) => void res.writeHead(302, { location: '/other' }).end()) as RequestListener],
])('tries again after %s', async (_, bad) => {
  answer = inTurn(bad, bad, well);
  expect(await createClient().send(get)).toMatchObject({ status: 200, body: { ok: true } });
  expect(calls).toBe(3);
});

it('does not take bytes for a text that they are not', async () => {
  answer = (_req, res) => void res.end(Buffer.from('{"name":"caf\xe9"}', 'latin1'));
  const error = await failure(createClient().send(get));
  expect(error.code).toBe('catalog-service-unavailable');
});

it('gives up after three attempts, and says whom it could not reach, but not why', async () => {
  answer = status(500);
  const error = await failure(createClient().send(get));
  expect(calls).toBe(3);
  expect(error).toMatchObject({
    status: 503,
    code: 'catalog-service-unavailable',
    message: 'catalog_service does not answer right now. Try again in a moment.',
    retryAfter: 1,
  });
  expect((error.cause as Error).message).toBe('answered 500');
});

it.each([
  ['never answers', silent],
  ['stops in the middle of its reply', stopsInMidReply],
])('tries again when a server %s, and gives up in time', async (_, listener) => {
  answer = inTurn(listener, well);
  const client = createClient({ attemptMs: 300, totalMs: 1_000 });
  expect(await client.send(get)).toMatchObject({ body: { ok: true } });

  answer = listener;
  const startedAt = performance.now();
  await failure(client.send(get));
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});

it('takes three seconds at most by default, whatever the server does', async () => {
  answer = silent;
  const startedAt = performance.now();
  await failure(createClient().send(get));
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

it('is unavailable when nobody listens', async () => {
  const client = createClient({ urls: ['http://127.0.0.1:1'] });
  expect(await failure(client.send(get))).toMatchObject({ status: 503 });
});

it('stops asking a server that is away, and begins again when it is back', async () => {
  const client = createClient();
  answer = status(503);
  await failure(client.send(get));
  await failure(client.send(get));
  expect(calls).toBe(5);

  const startedAt = performance.now();
  for (let n = 0; n < 20; n++) expect((await failure(client.send(get))).status).toBe(503);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(calls).toBe(5);

  answer = well;
  let back = false;
  while (!back && performance.now() - startedAt < 3_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    back = await client.send(get).then(
      () => true,
      () => false,
    );
  }
  expect(back).toBe(true);
  expect(await client.send(get)).toMatchObject({ status: 200 });
});

it('does not take refusals for an outage', async () => {
  const client = createClient();
  answer = status(404);
  for (let n = 0; n < 10; n++) await client.send(get);
  expect(calls).toBe(10);
});

it('throws the problem that its caller names when the service is unavailable', async () => {
  answer = status(503);
  const { problem } = defineProblems({
    'catalog-service-unavailable': { status: 503, detail: 'Try again.' },
  });
  const client = createClient({
    unavailable: (cause) => problem('catalog-service-unavailable', { cause }),
  });
  const error = await failure(client.send(get));
  expect(error).toMatchObject({ code: 'catalog-service-unavailable', status: 503, message: 'Try again.' });
  expect(String(error.cause)).toMatch(/answered 503/);
});
