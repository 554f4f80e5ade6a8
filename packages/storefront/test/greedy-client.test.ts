import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@shop/testing';
import { startUpstream, type Upstream } from './support/harness.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** More than any event of an order has. */
const event = `data: ${'x'.repeat(1_024)}\n\n`;
const large = Buffer.from(`data: ${'x'.repeat(1_048_576)}\n\n`);

/** What a client asks for on each of its connections, and leaves unread. */
const greed: readonly (readonly [what: string, connections: number, asks: string])[] = [
  ['large replies', 400, 'GET /api/products HTTP/1.1\r\nhost: shop\r\n\r\n'.repeat(100)],
  ['event streams', 400, 'GET /api/orders/1/events HTTP/1.1\r\nhost: shop\r\n\r\n'],
  [
    'bodies that do not end',
    400,
    `POST /api/cart HTTP/1.1\r\nhost: shop\r\ncontent-length: 99999\r\n\r\n${'x'.repeat(99_000)}`,
  ],
  ['headers that do not end', 400, `GET /api/products HTTP/1.1\r\nx: ${'x'.repeat(15_000)}`],
  ['nothing', 1_000, ''],
];

let upstream: Upstream;
let gateway: ChildProcess | undefined;
const sockets: Socket[] = [];
beforeEach(async () => {
  upstream = await startUpstream();
  upstream.answer = (req, res) => {
    const isStream = req.url?.endsWith('/events') === true;
    if (isStream) res.setHeader('content-type', 'text/event-stream').flushHeaders();
    for (let count = 0; count < 4; count++) res.write(isStream ? event : large);
    if (!isStream) res.end();
  };
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  gateway?.kill('SIGKILL');
  await upstream.close();
});

it('no single client takes the gateway past 256 MiB, or shuts it to others', async () => {
  const url = upstream.url;
  const environment = {
    USER_SERVICE_URL: url,
    CATALOG_SERVICE_URL: url,
    ORDER_SERVICE_URL: url,
    PAYMENT_SERVICE_URL: url,
  };
  // As `start` and the image run it.
  const started = spawn(process.execPath, ['--max-semi-space-size=8', main], {
    env: { ...environment, PORT: '0', LOG_LEVEL: 'info' },
  });
  let log = '';
  gateway = started;
  started.stdout.on('data', (chunk) => {
    log = (log + chunk).slice(-10_000);
  });
  const [, port] = await waitFor(() => /"port":(\d+),.*"msg":"listening"/.exec(log), { timeoutMs: 10_000 });
  const usedMegabytes = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(started.pid)])) / 1_024;

  let most = 0;
  for (const [, connections, asks] of greed) {
    for (let count = 0; count < connections; count++) {
      const socket = connect(Number(port), '127.0.0.1')
        .on('error', () => {})
        .pause();
      socket.write(asks);
      sockets.push(socket);
    }
    const until = performance.now() + 500;
    await waitFor(() => {
      most = Math.max(most, usedMegabytes());
      return performance.now() > until;
    });
  }

  expect(most).toBeLessThan(256);
  // From another address of this machine.
  const request = http.get({ port, path: '/', localAddress: '127.0.0.2', agent: false });
  const [reply] = await once(request, 'response');
  expect(reply.statusCode).toBe(200);
}, 30_000);
