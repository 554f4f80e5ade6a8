import { open, readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClusterOnce } from './create-cluster.ts';
import { findPrograms, type Programs } from './programs.ts';
import { removeForeignPidFile, stopPostmaster } from './running-postmaster.ts';

type PostgresServerOptions = {
  /** Folder of the cluster and of its log, `server.log`; made by the first start. */
  dataDir: string;
  port: number;
  /** Address to listen on; 127.0.0.1 unless given. */
  host?: string;
  /** Password of the superuser `postgres`. The one given at the first start stays in force. */
  password: string;
  /** Server settings as in postgresql.conf, e.g. `{ max_connections: '300' }`. */
  settings?: Record<string, string>;
};

export type PostgresServer = ReturnType<typeof createPostgresServer>;

/**
 * A PostgreSQL server from npm's binaries: no Docker, nothing installed in the system. It runs in a
 * session of its own, so Ctrl-C in the terminal does not reach it, and it outlives a killed process: call
 * `stop` last. Processes must not share a `dataDir` at the same time.
 */
export function createPostgresServer(options: PostgresServerOptions) {
  const { host = '127.0.0.1', port, password } = options;
  const dataDir = resolve(options.dataDir);
  return {
    /** The superuser's URL of the database `postgres`. */
    url: `postgresql://postgres:${encodeURIComponent(password)}@${host}:${port}/postgres`,
    /**
     * Makes the cluster if there is none, stops a server that a killed process left running on it, starts
     * a new one and waits until it takes connections. Recovers by itself after a crash.
     *
     * @throws Error with the end of the server's log and what to do
     */
    async start() {
      const programs = await findPrograms();
      const durable = options.settings?.['fsync'] !== 'off';
      await createClusterOnce({ dataDir, password, durable, programs });
      const cluster = await realpath(dataDir);
      await programs.own(cluster);
      await stopPostmaster(programs, cluster);
      await removeForeignPidFile(cluster);
      await startPostmaster(programs, cluster, { ...options, host });
    },
    /** Stops the server (open transactions are rolled back) and waits for it. May be called at any time. */
    async stop() {
      const cluster = await realpath(dataDir).catch(() => undefined);
      if (cluster) await stopPostmaster(await findPrograms(), cluster);
    },
  };
}

async function startPostmaster(
  programs: Programs,
  dataDir: string,
  options: PostgresServerOptions & { host: string },
): Promise<void> {
  const logFile = join(dataDir, 'server.log');
  const logStart = await prepareLog(logFile, programs);
  const args = ['start', '-D', dataDir, '-l', logFile, '-o', serverOptions(options), '-w', '-t', '60'];
  const deadline = Date.now() + 5_000;
  for (;;) {
    const { code, output } = await programs.pgCtl(args);
    if (code === 0) return;
    const log = (await readFile(logFile, 'utf8')).slice(logStart);
    // The children of a postmaster that was killed need a moment to notice and let go.
    if (/still in use/.test(log) && Date.now() < deadline) await delay(200);
    else throw startError(options, logFile, log || output);
  }
}

/** Opens the log for the user that PostgreSQL runs as, and tells how long it is already. */
async function prepareLog(logFile: string, programs: Programs): Promise<number> {
  const file = await open(logFile, 'a', 0o600);
  await file.close();
  await programs.own(logFile);
  return (await readFile(logFile, 'utf8')).length;
}

function serverOptions({ settings, host, port }: PostgresServerOptions & { host: string }): string {
  const all = { ...settings, listen_addresses: host, port: String(port), unix_socket_directories: '' };
  // pg_ctl hands the text to a shell.
  const quote = (text: string) =>
    process.platform === 'win32' ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", "'\\''")}'`;
  return Object.entries(all)
    .map(([name, value]) => `-c ${quote(`${name}=${value}`)}`)
    .join(' ');
}

function startError({ port }: PostgresServerOptions, logFile: string, log: string): Error {
  const advice = /could not bind|Address already in use/.test(log)
    ? `Port ${port} is taken: stop the program that listens there, or choose another port.`
    : `See ${logFile}. If the data may go, remove its folder and start again.`;
  const tail = log.trim().split('\n').slice(-12).join('\n');
  return new Error(`PostgreSQL did not start on port ${port}. ${advice} Its last words:\n${tail}`);
}
