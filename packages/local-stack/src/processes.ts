import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@shop/postgres-server';
import type { Environment, Logger } from '@shop/service-kit';
import { request } from 'undici';
import { type ServiceName, serviceNames } from './environments.ts';

export interface RunningService {
  readonly name: string;
  /** Resolves when the service is ready. */
  start(): Promise<unknown>;
  stop(): Promise<void>;
  /** Of the process of its own that runs now, if it has one. */
  readonly pid?: number | undefined;
}

export interface ProcessesOptions {
  readonly environments: Readonly<Record<ServiceName, Environment>>;
  /** How many processes of a service; one when not named. The first has the service's port, the others any. */
  readonly instances: Partial<Readonly<Record<ServiceName, number>>>;
  /** Gets the lines that the services log. */
  readonly output: NodeJS.WritableStream;
  readonly logger: Logger;
}

/** `dist/main.js` of a package; what it exports is in `dist`, or in `src` for the tests. */
function mainOf(name: ServiceName): string {
  const packageName = name === 'storefront' ? '@shop/storefront' : name;
  return fileURLToPath(new URL('../dist/main.js', import.meta.resolve(packageName)));
}

/** The four services and the gateway, each in a process of its own as in production. */
export function createProcesses(options: ProcessesOptions): readonly RunningService[] {
  const { environments, instances } = options;
  return serviceNames.flatMap((name) =>
    Array.from({ length: instances[name] ?? 1 }, (_, index) => {
      const environment = index === 0 ? environments[name] : { ...environments[name], PORT: undefined };
      const title = index === 0 ? name : `${name} #${index + 1}`;
      return createProcess(title, mainOf(name), environment, options);
    }),
  );
}

const restartMs = 1_000;
const readyLimitMs = 60_000;
const stopLimitMs = 4_000;

/** A process that is started again when it ends by itself, and that ends when this process does. */
function createProcess(
  name: string,
  main: string,
  given: Environment,
  { output, logger }: ProcessesOptions,
): RunningService {
  let environment = given;
  let child: ChildProcess | undefined;
  let stopping = false;

  function launch(): void {
    // The channel tells the child when this process is gone, also after `kill -9`.
    const stdio: ['ignore', 'pipe', 'pipe', 'ipc'] = ['ignore', 'pipe', 'pipe', 'ipc'];
    const launched = spawn(process.execPath, [main], { env: environment, stdio, detached: true });
    for (const stream of [launched.stdout, launched.stderr])
      stream?.on('data', (chunk) => output.write(chunk));
    launched.once('exit', (code, signal) => {
      if (stopping) return;
      logger.error({ service: name, code, signal }, 'a service ended; it is started again');
      setTimeout(() => !stopping && launch(), restartMs).unref();
    });
    child = launched;
  }

  return {
    name,
    get pid() {
      return child?.pid;
    },
    start: async () => {
      const { PORT = String(await freePort()) } = given;
      environment = { ...given, PORT };
      launch();
      await untilReady(name, environment);
    },
    stop: async () => {
      stopping = true;
      const ending = child;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      const ended = once(ending, 'exit');
      ending.kill('SIGTERM');
      const hard = setTimeout(() => ending.kill('SIGKILL'), stopLimitMs);
      await ended;
      clearTimeout(hard);
    },
  };
}

async function untilReady(name: string, { HOST = '127.0.0.1', PORT }: Environment): Promise<void> {
  const deadline = Date.now() + readyLimitMs;
  while (!(await isReady(`http://${HOST}:${PORT}`))) {
    if (Date.now() > deadline)
      throw new Error(`${name} was not ready within ${readyLimitMs / 1_000} s; see its log.`);
    await delay(100);
  }
}

/** By undici itself, as `fetch` refuses port 6000. */
async function isReady(url: string): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
