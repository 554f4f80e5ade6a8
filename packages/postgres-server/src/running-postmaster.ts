import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Programs } from './programs.ts';

/**
 * Stops the server of a cluster, also one that a killed process left behind, and waits until it is
 * gone. Nothing happens when none is running.
 *
 * @throws Error when it does not stop
 */
export async function stopPostmaster(programs: Programs, dataDir: string): Promise<void> {
  if (!(await findPostmaster(dataDir))) return;
  for (const mode of ['fast', 'immediate']) {
    const { code } = await programs.pgCtl(['stop', '-D', dataDir, '-m', mode, '-w', '-t', '30']);
    if (code === 0) return;
  }
  const pid = await findPostmaster(dataDir);
  if (pid) throw new Error(`PostgreSQL in ${dataDir} does not stop. End its process ${pid} and try again.`);
}

/**
 * Removes a postmaster.pid whose number now belongs to some other program (after a crash or a reboot):
 * the server would not start, and `pg_ctl stop` would send that program a signal. The file of a process
 * that is gone stays, for PostgreSQL's own checks need it.
 */
export async function removeForeignPidFile(dataDir: string): Promise<void> {
  const pid = await recordedPid(dataDir);
  if (pid && isAlive(pid) && !(await isPostmaster(pid, dataDir))) await rm(pidFile(dataDir), { force: true });
}

async function findPostmaster(dataDir: string): Promise<number | undefined> {
  const pid = await recordedPid(dataDir);
  return pid && isAlive(pid) && (await isPostmaster(pid, dataDir)) ? pid : undefined;
}

const pidFile = (dataDir: string) => join(dataDir, 'postmaster.pid');

async function recordedPid(dataDir: string): Promise<number | undefined> {
  const text = await readFile(pidFile(dataDir), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isPostmaster(pid: number, dataDir: string): Promise<boolean> {
  // Windows shows no command lines without help; PostgreSQL's own word must do there.
  if (process.platform === 'win32') return true;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => commandLineFromPs(pid));
  return commandLine.includes('postgres') && commandLine.includes(dataDir);
}

async function commandLineFromPs(pid: number): Promise<string> {
  const found = promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return found.then(({ stdout }) => stdout).catch(() => '');
}
