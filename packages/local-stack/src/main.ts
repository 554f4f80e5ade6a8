import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, createLogger, startTracing } from '@shop/service-kit';
import { loadDotEnv } from './dot-env.ts';
import { onLauncherGone } from './launcher.ts';
import { PortsTakenError } from './ports.ts';
import { firstScreen, print, showStep } from './screen.ts';
import { readStackSettings } from './settings.ts';
import { createStack, type Stack } from './stack.ts';

const startedAt = performance.now();
/** Past this, what still runs is left to the next start, which clears up. */
const stopLimitMs = 4_500;
let stack: Stack | undefined;
let stopping = false;
let stopTracing = async () => {};

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  print('\nStopping… ');
  setTimeout(() => process.exit(code || 1), stopLimitMs).unref();
  await stack?.stop();
  await stopTracing();
  print('stopped.\n');
  process.exit(code);
}

async function start(): Promise<void> {
  loadDotEnv();
  const settings = readStackSettings(process.env, process.cwd());
  const logFile = join(settings.dataDir, 'shop.log');
  await mkdir(settings.dataDir, { recursive: true });
  await rename(logFile, `${logFile}.1`).catch(() => {});
  const destination = createWriteStream(logFile);
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

try {
  await start();
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof PortsTakenError;
  process.stderr.write(`\n${expected ? error.message : (error as Error).stack}\n`);
  await stop(1);
}
