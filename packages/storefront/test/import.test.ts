import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeEach(async () => {
  shop = await startHarness();
});
afterEach(() => shop.stop());

/** An import that both ends of it leave open. */
async function openImport() {
  const held = new Promise<[IncomingMessage, ServerResponse]>((resolve) => {
    shop.upstreams.catalog.answer = (req, res) => resolve([req, res]);
  });
  const sending = shop.request('/api/products/import?dryRun=true', { method: 'POST' });
  sending.on('error', () => {});
  sending.flushHeaders();
  sending.write('first\n');
  const [received, replying] = await held;
  replying.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
  const [reply] = (await once(sending, 'response')) as [IncomingMessage];
  return { sending, received, replying, reply };
}

it('passes lines on as they come, and results while lines are yet to come', async () => {
  const { sending, received, replying, reply } = await openImport();
  expect(received.url).toBe('/products/import?dryRun=true');
  const lines = received[Symbol.asyncIterator]();
  const results = reply[Symbol.asyncIterator]();
  expect(String((await lines.next()).value)).toBe('first\n');
  for (const line of ['second\n', 'third\n']) {
    sending.write(line);
    expect(String((await lines.next()).value)).toBe(line);
    replying.write(`${line} is done\n`);
    expect(String((await results.next()).value)).toBe(`${line} is done\n`);
  }
  sending.end();
  expect((await lines.next()).done).toBe(true);
  replying.end();
  expect((await results.next()).done).toBe(true);
});

it('takes no more results than the caller reads, and no more lines than the service reads', async () => {
  const { sending, received, replying, reply } = await openImport();
  reply.pause();
  received.pause();
  const chunk = 'x'.repeat(64 * 1_024);
  const isStuck = async (write: () => boolean) => {
    let written = 0;
    await waitFor(() => {
      const before = written;
      while (written < 2_000 && write()) written++;
      return written === before;
    });
    return written < 2_000;
  };
  expect(await isStuck(() => replying.write(chunk))).toBe(true);
  expect(await isStuck(() => sending.write(chunk))).toBe(true);
  sending.destroy();
});

it('ends the import at the service when the caller leaves', async () => {
  const { sending, received } = await openImport();
  sending.destroy();
  await expect(async () => {
    for await (const _ of received);
  }).rejects.toThrow(/aborted/);
});
