import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to connections by themselves: Linux from 32768. */
const lowest = 12_000;
/** Where a service has its metrics, above its own port. */
const distance = 10_000;

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, as was the one 10,000 above it; nothing reserves them. Chosen at
 * random, so that programs that look at the same moment find different ones.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + randomInt(distance);
    if ((await isFree(port)) && (await isFree(port + distance))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
