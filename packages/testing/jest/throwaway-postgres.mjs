import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresServer, freePort } from '@shop/postgres-server';

const prefix = 'shop-test-postgres-';
const memory = '/dev/shm';

// Nothing in it has to survive anything.
const settings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_connections: '300',
  max_wal_size: '128MB',
};

const serverIn = (folder, port) =>
  createPostgresServer({ dataDir: join(folder, 'data'), port, password: randomUUID(), settings });

let running;

/** Starts the server of this run, unless TEST_POSTGRES_URL names one that is there already. */
export async function startThrowawayPostgres() {
  if (process.env.TEST_POSTGRES_URL) return;
  for (const parent of [memory, tmpdir()]) await removeLeftOvers(parent);
  const folder = await mkdtemp(join(await chooseParent(), `${prefix}${process.pid}-`));
  const server = serverIn(folder, await freePort());
  running = { server, folder };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopAndEnd);
  await server.start();
  process.env.TEST_POSTGRES_URL = server.url;
}

export async function stopThrowawayPostgres() {
  if (!running) return;
  const { server, folder } = running;
  running = undefined;
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stopAndEnd);
  delete process.env.TEST_POSTGRES_URL;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function stopAndEnd(signal) {
  await stopThrowawayPostgres();
  process.kill(process.pid, signal);
}

/** In memory, where there is plenty: cloning a database is mostly making files, and 15 times faster there. */
async function chooseParent() {
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 4 * 1024 ** 3 ? memory : tmpdir();
}

/** A run that was killed outright could not stop its server: its process number is in the folder's name. */
async function removeLeftOvers(parent) {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = name.startsWith(prefix) && Number.parseInt(name.slice(prefix.length), 10);
    if (!pid || isAlive(pid)) continue;
    const folder = join(parent, name);
    await serverIn(folder, 0).stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
