import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@shop/testing';
import { startUpstream } from './support/harness.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

it.each([true, false])(
  'SIGTERM under load loses no request (connections kept: %s)',
  async (keepAlive) => {
    const upstream = await startUpstream();
    upstream.answer = (_req, res) => void delay(20).then(() => res.end('{}'));
    const gateway = spawn(process.execPath, [main], {
      env: {
        PORT: '0',
        SHUTDOWN_PAUSE_MS: '500',
        // Many clients, of one address here: they would wait for each other.
        LIMIT_CLIENTS: 'false',
        USER_SERVICE_URL: upstream.url,
        CATALOG_SERVICE_URL: upstream.url,
        ORDER_SERVICE_URL: upstream.url,
        PAYMENT_SERVICE_URL: upstream.url,
      },
    });
    const exit = once(gateway, 'exit');
    let log = '';
    gateway.stdout.on('data', (chunk) => {
      log += chunk;
    });
    const [, port] = await waitFor(() => /"port":(\d+),.*"msg":"listening"/.exec(log), {
      timeoutMs: 10_000,
      what: 'the gateway to listen',
    });
    const agent = new http.Agent({ keepAlive });
    const ask = async (path: string) => {
      const [reply] = (await once(http.get({ port, path, agent }), 'response')) as [IncomingMessage];
      for await (const _ of reply);
      return reply;
    };
    const outcomes: unknown[] = [];
    // As a load balancer, each goes elsewhere when it is told so.
    const client = async () => {
      for (;;) {
        const { statusCode, headers } = await ask('/api/products');
        outcomes.push(statusCode);
        if (headers['x-draining'] !== undefined) return headers.connection;
      }
    };
    const clients = Array.from({ length: 40 }, client);
    await waitFor(() => outcomes.length > 200);
    gateway.kill('SIGTERM');
    expect(new Set(await Promise.all(clients))).toEqual(new Set(['close']));
    expect((await ask('/readyz')).statusCode).toBe(503);
    expect(new Set(outcomes)).toEqual(new Set([200]));
    expect(await exit).toEqual([0, null]);
    agent.destroy();
    await upstream.close();
  },
  30_000,
);
