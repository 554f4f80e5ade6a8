import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConfigError,
  createLogDestination,
  createLogger,
  rotatingFile,
  startTracing,
} from '@shop/service-kit';
import { loadDotEnv } from './dot-env.ts';
import { onLauncherGone } from './launcher.ts';
import { PortsTakenError } from './ports.ts';
import { firstScreen, print, showStep } from './screen.ts';
import { readStackSettings } from './settings.ts';
import { createStack, type Stack } from './stack.ts';

const startedAt = performance.now();
/** For the last traces to go out. */
const tracesMs = 500;
let stack: Stack | undefined;
let stopping = false;
let stopTracing = async () => {};

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  print('\nStopping… ');
  await stack?.stop();
  await Promise.race([stopTracing(), delay(tracesMs)]);
  print('stopped.\n');
  process.exit(code);
}

/** Whatever happens: PostgreSQL is a process of its own, and would stay. */
function fail(error: unknown): void {
  const expected = error instanceof ConfigError || error instanceof PortsTakenError;
  if (!stopping) process.stderr.write(`\n${expected ? error.message : (error as Error).stack}\n`);
  void stop(1);
}

const mostLogBytes = 50_000_000;

async function start(): Promise<void> {
  loadDotEnv();
  const settings = readStackSettings(process.env, process.cwd());
  const logFile = join(settings.dataDir, 'shop.log');
  await mkdir(settings.dataDir, { recursive: true });
  await rename(logFile, `${logFile}.1`).catch(() => {});
  const destination = createLogDestination(rotatingFile(logFile, mostLogBytes));
  const level = process.env['LOG_LEVEL'] || 'info';
  const loggerOf = (name: string) => createLogger({ name, level, destination });
  print('Opening the shop\n');
  stopTracing = await startTracing(process.env, 'shop');
  const reset = process.argv.includes('--reset');
  stack = createStack({
    settings,
    environment: process.env,
    loggerOf,
    reset,
    output: destination,
    step: showStep,
  });
  await stack.start();
  print(firstScreen(stack, process.env, logFile, (performance.now() - startedAt) / 1_000));
}

process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));
process.on('SIGHUP', () => void stop(0));
onLauncherGone(() => void stop(0));

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

await start().catch(fail);
