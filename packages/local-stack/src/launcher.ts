import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const launcherNames = /(^|\/|\s)(npx|npm|pnpm)(\s|$|-|\.)|^sh -c /;
const mostSteps = 8;
const lookEveryMs = 500;

/**
 * Calls back once npx, pnpm or the shell between them has gone: they do not all pass on a signal that is sent to
 * them alone, and a shop without a terminal would keep its ports.
 */
export function onLauncherGone(callback: () => void): void {
  const launchers = process.platform === 'win32' ? [] : findLaunchers(process.ppid);
  if (launchers.length === 0) return;
  const timer = setInterval(() => {
    if (launchers.every(isAlive)) return;
    clearInterval(timer);
    callback();
  }, lookEveryMs);
  timer.unref();
}

function findLaunchers(parent: number): number[] {
  const found: number[] = [];
  for (let pid = parent; pid > 1 && found.length < mostSteps; ) {
    const [, ppid = '0', command = ''] = /^\s*(\d+)\s+(.*)/.exec(describe(pid)) ?? [];
    if (!launcherNames.test(command)) break;
    found.push(pid);
    pid = Number(ppid);
  }
  return found;
}

function describe(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
