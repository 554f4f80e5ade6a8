import { once } from 'node:events';
import { maxHeaderSize } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createHttpServer, type HttpServerOptions } from '@shop/service-kit';
import type { Response } from 'express';
import { createTestApp } from './support/test-app.ts';
import { waitFor } from './support/wait-for.ts';

/** Replies that the test ends itself, by path. */
const begun = new Map<string, Response>();

const { app, log } = createTestApp((router) => {
  router.get('/quick', (_req, res) => void res.send('quick'));
  router.get('/slow', (_req, res) => void begun.set('/slow', res));
  router.get('/stream', (_req, res) => {
    begun.set('/stream', res);
    res.write('begin');
  });
  router.post('/body', (req, res) => void res.json(req.body));
});

let stop: () => Promise<void>;
const sockets: Socket[] = [];

beforeEach(() => {
  log.lines.length = 0;
  begun.clear();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await stop();
  // What a client does wrong is no fault of ours.
  expect(log.lines.filter(({ level }) => level > 30)).toEqual([]);
});

async function open(options: Partial<HttpServerOptions> = {}) {
  const server = createHttpServer({ app, host: '127.0.0.1', port: 0, ...options });
  stop = server.stop;
  const socket = connect(await server.start(), '127.0.0.1').setEncoding('utf8');
  sockets.push(socket);
  const seen = { text: '', closed: false };
  socket.on('data', (text) => {
    seen.text += text;
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    seen.closed = true;
  });
  await once(socket, 'connect');
  return { socket, seen };
}

/** All that a server answers to these bytes until it closes the connection. */
async function answerTo(bytes: string, options: Partial<HttpServerOptions> = {}) {
  const { socket, seen } = await open(options);
  socket.write(bytes);
  await waitFor(() => seen.closed);
  return seen.text;
}

function problemIn(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ')));
  expect(headers).toMatchObject({
    connection: 'close',
    'content-type': expect.stringMatching(/^application\/problem\+json\b/),
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    date: expect.any(String),
  });
  return { statusLine, problem: JSON.parse(body) };
}

const host = 'Host: shop.test\r\n';
const chunked = `POST /body HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;

it.each([
  ['no HTTP', 'HELO shop\r\n\r\n', 'Invalid'],
  ['an unknown version', `GET / HTTP/7.7\r\n${host}\r\n`, 'Invalid HTTP version'],
  ['a header with control characters', `GET / HTTP/1.1\r\n${host}X: a\u0001b\r\n\r\n`, 'header value'],
  [
    'two lengths',
    `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
    'Content-Length',
  ],
  ['a chunk without a size', `${chunked}size\r\n`, 'chunk size'],
])('answers %s with a problem that says what is wrong with it', async (_what, bytes, reason) => {
  const { statusLine, problem } = problemIn(await answerTo(bytes));
  expect(statusLine).toBe('HTTP/1.1 400 Bad Request');
  expect(problem).toEqual({
    type: 'urn:shop:problem:malformed-request',
    title: 'Malformed request',
    status: 400,
    detail: expect.stringMatching(/^The request is not well-formed HTTP: .+\.$/),
    code: 'malformed-request',
  });
  expect(problem.detail).toContain(reason);
});

it.each([
  ['headers', `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(10 * maxHeaderSize)}\r\n\r\n`],
  ['a path', `GET /${'a'.repeat(maxHeaderSize)} HTTP/1.1\r\n${host}\r\n`],
])('answers %s beyond the limit with a problem that names it', async (_what, bytes) => {
  const { statusLine, problem } = problemIn(await answerTo(bytes));
  expect(statusLine).toBe('HTTP/1.1 431 Request Header Fields Too Large');
  expect(problem).toMatchObject({ status: 431, code: 'headers-too-large' });
  expect(problem.detail).toContain(`less than ${maxHeaderSize} bytes`);
});

it('answers chunk extensions beyond the limit with a problem that names it', async () => {
  const { statusLine, problem } = problemIn(await answerTo(`${chunked}2;${'a'.repeat(20_000)}\r\n{}\r\n`));
  expect(statusLine).toMatch(/^HTTP\/1\.1 413 /);
  expect(problem).toMatchObject({ status: 413, code: 'chunk-extensions-too-large' });
  expect(problem.detail).toContain('16384 bytes');
});

it.each([
  ['headers', 'GET /qui'],
  ['a body', `POST /body HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 9\r\n\r\nhalf`],
])('answers %s that do not come in time with one problem that names the limits', async (_what, bytes) => {
  const text = await answerTo(bytes, { requestMs: 100 });
  const { statusLine, problem } = problemIn(text);
  expect(statusLine).toBe('HTTP/1.1 408 Request Timeout');
  expect(problem).toMatchObject({ status: 408, code: 'request-timeout' });
  expect(problem.detail).toContain('0.1 s');
});

it('answers after earlier replies on the same connection', async () => {
  const { socket, seen } = await open();
  socket.write(`GET /quick HTTP/1.1\r\n${host}\r\n`);
  await waitFor(() => seen.text.endsWith('quick'));
  const first = seen.text.length;
  socket.write('nonsense\r\n\r\n');
  await waitFor(() => seen.closed);
  expect(problemIn(seen.text.slice(first)).problem).toMatchObject({ code: 'malformed-request' });
});

it('closes the connection of a client that does not close its side', async () => {
  const { socket, seen } = await open();
  socket.allowHalfOpen = true;
  socket.write('nonsense\r\n\r\n');
  await once(socket, 'end');
  await waitFor(() => {
    if (!seen.closed) socket.write('more');
    return seen.closed;
  });
  expect(problemIn(seen.text).problem).toMatchObject({ code: 'malformed-request' });
});

describe('closes the connection without a word', () => {
  it('when an earlier request still waits for its reply, which the words would be taken for', async () => {
    const { socket, seen } = await open();
    socket.write(`GET /slow HTTP/1.1\r\n${host}\r\n`);
    await waitFor(() => begun.has('/slow'));
    socket.write('nonsense\r\n\r\n');
    await waitFor(() => seen.closed);
    expect(seen.text).toBe('');
  });

  it('when an earlier request does, and the body of a later one is wrong', async () => {
    const { socket, seen } = await open();
    socket.write(`GET /slow HTTP/1.1\r\n${host}\r\n${chunked}`);
    await waitFor(() => begun.has('/slow'));
    socket.write('size\r\n');
    await waitFor(() => seen.closed);
    expect(seen.text).toBe('');
  });

  it('when a reply has begun', async () => {
    const { socket, seen } = await open();
    socket.write(`GET /stream HTTP/1.1\r\n${host}\r\n`);
    await waitFor(() => seen.text.includes('begin'));
    socket.write('nonsense\r\n\r\n');
    await waitFor(() => seen.closed);
    expect(seen.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('when a request was answered before all of it came, and the rest never does', async () => {
    const text = await answerTo(`PUT /body HTTP/1.1\r\n${host}Content-Length: 9\r\n\r\nhalf`, {
      requestMs: 100,
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 405']);
  });
});

describe('what HTTP asks of every request is answered as any problem is', () => {
  const whole = { instance: '/quick', requestId: 'request-1' };
  const ask = (lines: string) =>
    answerTo(`GET /quick?a=b HTTP/1.1\r\nConnection: close\r\nX-Request-Id: request-1\r\n${lines}\r\n`);

  it('an Expect that nobody knows', async () => {
    const { statusLine, problem } = problemIn(await ask(`${host}Expect: a miracle\r\n`));
    expect(statusLine).toBe('HTTP/1.1 417 Expectation Failed');
    expect(problem).toMatchObject({ ...whole, status: 417, code: 'expectation-failed' });
    expect(problem.detail).toBe('The header Expect must be 100-continue, not "a miracle".');
    expect(log.lines).toEqual([expect.objectContaining({ requestId: 'request-1', level: 30 })]);
  });

  it('no Host', async () => {
    const { statusLine, problem } = problemIn(await ask(''));
    expect(statusLine).toBe('HTTP/1.1 400 Bad Request');
    expect(problem).toMatchObject({ ...whole, status: 400, code: 'host-missing' });
    expect(log.lines).toEqual([expect.objectContaining({ requestId: 'request-1', level: 30 })]);
  });

  it('but not HTTP/1.0 without a Host, nor a client that waits for 100', async () => {
    expect(await answerTo('GET /quick HTTP/1.0\r\n\r\n')).toContain(' 200 OK');
    await stop();
    const text = await ask(`${host}Expect: 100-Continue\r\n`);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
  });
});

describe('a request target that is a whole URL', () => {
  const ask = (target: string, lines = host) =>
    answerTo(`GET ${target} HTTP/1.1\r\nConnection: close\r\n${lines}\r\n`);

  it.each(['http://shop.test/quick?a=b', 'HTTPS://shop.test:8443/quick'])(
    'is answered as its path: %s',
    async (target) => {
      expect(await ask(target)).toContain(' 200 OK');
    },
  );

  it('has a Host of its own', async () => {
    expect(await ask('http://shop.test/quick', '')).toContain(' 200 OK');
  });

  it.each([
    ['http://shop.test', '/'],
    ['http://shop.test?a=b', '/'],
    ['http://shop.test/nowhere?a=b', '/nowhere'],
    ['//shop.test/quick', '//shop.test/quick'],
  ])('may lead nowhere, as %s', async (target, instance) => {
    const { problem } = problemIn(await ask(target));
    expect(problem).toMatchObject({ status: 404, instance });
  });
});
