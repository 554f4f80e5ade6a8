import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a program of this folder, and gives the first message that it sends. It ends when its channel is closed.
 * @throws Error when it ends before that
 */
export async function startChild<T>(
  file: string,
  environment: NodeJS.ProcessEnv = {},
  execArgv: readonly string[] = [],
): Promise<{ child: ChildProcess; started: T }> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_ENV: 'production', ...environment },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code} before it had started.`);
  });
  const [started] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return { child, started: started as T };
}

export async function stopChild(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
