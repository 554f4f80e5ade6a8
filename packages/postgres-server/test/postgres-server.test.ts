import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresServer, freePort, type PostgresServer } from '@shop/postgres-server';
import pg from 'pg';

const quick = { fsync: 'off', max_connections: '20' };

let folder: string;
let dataDir: string;
let server: PostgresServer;

beforeAll(async () => {
  // The next run's global setup stops and removes what it finds under such a name.
  folder = await mkdtemp(join(tmpdir(), `shop-test-postgres-${process.pid}-it's `));
  dataDir = join(folder, 'data');
  server = await serverAt(dataDir);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const serverAt = async (path: string) =>
  createPostgresServer({ dataDir: path, port: await freePort(), password: 'pass:word@1', settings: quick });

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const postmasterPid = async () =>
  Number.parseInt(await readFile(join(dataDir, 'postmaster.pid'), 'utf8'), 10);

it('makes a cluster over the remains of a killed initdb, with the settings asked for', async () => {
  await mkdir(join(`${dataDir}.new`, 'data', 'base'), { recursive: true });
  await writeFile(join(`${dataDir}.new`, 'data', 'PG_VERSION'), '18');

  await server.start();

  await query('CREATE TABLE kept AS SELECT 1 AS n');
  expect(await query('SHOW max_connections')).toEqual(['20']);
  expect(await query(`SELECT lower('ÉÜ'), datcollate FROM pg_database WHERE datname = 'postgres'`)).toEqual([
    'éü',
    expect.stringMatching(/^C/),
  ]);
  expect(await readdir(folder)).toEqual(['data']);
});

it('keeps the data over stop and start, and stops twice without complaint', async () => {
  await server.stop();
  await server.stop();
  await expect(query('SELECT 1')).rejects.toThrow('ECONNREFUSED');

  await server.start();

  expect(await query('SELECT n FROM kept')).toEqual([1]);
});

it('recovers after kill -9 while clients are connected', async () => {
  const sleeping = query('SELECT pg_sleep(60)').catch((error: Error) => error);
  const before = await postmasterPid();
  process.kill(before, 'SIGKILL');
  // Not toBeInstanceOf(Error): one of Node's own is of another realm in jest.
  expect(await sleeping).toHaveProperty('message');

  await server.start();

  expect(await query('SELECT n FROM kept')).toEqual([1]);
  expect(await postmasterPid()).not.toBe(before);
});

it('replaces a server that a killed process left running, on another port too', async () => {
  const before = new pg.Client({ connectionString: server.url });
  const ended = new Promise<Error>((resolve) => before.on('error', resolve));
  await before.connect();
  server = await serverAt(dataDir);

  await server.start();

  expect((await ended).message).toMatch(/administrator command|terminated unexpectedly/);
  expect(await query('SELECT n FROM kept')).toEqual([1]);
});

it('leaves alone a stranger that has the process number of a dead server', async () => {
  await server.stop();
  await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);

  await server.stop();
  await server.start();

  expect(await query('SELECT n FROM kept')).toEqual([1]);
});

it('names a taken port and says what to do', async () => {
  await server.stop();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  try {
    const other = createPostgresServer({ dataDir, port, password: 'x', settings: quick });
    await expect(other.start()).rejects.toThrow(new RegExp(`Port ${port} is taken: stop the program`));
  } finally {
    taken.close();
  }
});

it('refuses a folder with other files in it', async () => {
  const strange = join(folder, 'photos');
  await mkdir(strange);
  await writeFile(join(strange, 'cat.jpg'), '');

  await expect((await serverAt(strange)).start()).rejects.toThrow('holds other files');

  expect(await readdir(strange)).toEqual(['cat.jpg']);
});
