import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment, Logger } from '@shop/service-kit';
import { request } from 'undici';
import { type ServiceName, serviceNames } from './environments.ts';
import { processEnvironment } from './process-environment.ts';

export interface RunningService {
  readonly name: string;
  /** Resolves when the service is ready. */
  start(): Promise<unknown>;
  stop(): Promise<void>;
  /** Of the process of its own that runs now, if it has one; and where that listens. */
  readonly pid?: number | undefined;
  readonly url?: string;
}

export interface ProcessesOptions {
  readonly environments: Readonly<Record<ServiceName, Environment>>;
  /** The port of each process of a service beside the first. */
  readonly morePorts: Readonly<Record<ServiceName, readonly number[]>>;
  /** Gets the lines that the services log. */
  readonly output: { write(text: string): unknown };
  readonly logger: Logger;
}

/** `dist/main.js` of a package; what it exports is in `dist`, or in `src` for the tests. */
function mainOf(name: ServiceName): string {
  const packageName = name === 'storefront' ? '@shop/storefront' : name;
  return fileURLToPath(new URL('../dist/main.js', import.meta.resolve(packageName)));
}

/** The four services and the gateway, each in a process of its own as in production. */
export function createProcesses(options: ProcessesOptions): readonly RunningService[] {
  const { environments, morePorts } = options;
  return serviceNames.flatMap((name) => {
    const environment = processEnvironment(name, environments[name]);
    return [
      createProcess(name, mainOf(name), environment, options),
      ...morePorts[name].map((port, index) => {
        const another = { ...environment, PORT: String(port) };
        return createProcess(`${name} #${index + 2}`, mainOf(name), another, options);
      }),
    ];
  });
}

const restartMs = 1_000;
const readyLimitMs = 60_000;
const stopLimitMs = 3_000;

/** A process that is started again when it ends by itself, and that ends when this process does. */
function createProcess(
  name: string,
  main: string,
  environment: Environment,
  { output, logger }: ProcessesOptions,
): RunningService {
  let child: ChildProcess | undefined;
  let stopping = false;

  function launch(): void {
    // The channel tells the child when this process is gone, also after `kill -9`.
    const stdio: ['ignore', 'pipe', 'pipe', 'ipc'] = ['ignore', 'pipe', 'pipe', 'ipc'];
    const launched = spawn(process.execPath, [main], { env: environment, stdio, detached: true });
    for (const stream of [launched.stdout, launched.stderr])
      stream?.setEncoding('utf8').on('data', (chunk) => output.write(chunk));
    launched.once('exit', (code, signal) => {
      if (stopping) return;
      logger.error({ service: name, code, signal }, 'a service ended; it is started again');
      setTimeout(() => !stopping && launch(), restartMs).unref();
    });
    child = launched;
  }

  const { HOST = '127.0.0.1', PORT } = environment;
  const url = `http://${HOST}:${PORT}`;
  return {
    name,
    url,
    get pid() {
      return child?.pid;
    },
    start: async () => {
      launch();
      await untilReady(name, url);
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

async function untilReady(name: string, url: string): Promise<void> {
  const deadline = Date.now() + readyLimitMs;
  while (!(await isReady(url))) {
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
