import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  createHttpService,
  createLogDestination,
  createLogger,
  createMetrics,
  rotatingFile,
} from '@shop/service-kit';
import { waitFor } from './support/wait-for.ts';

const built = new URL('../dist/index.js', import.meta.url).href;
const run = (script: string) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });

it('is written whole and in order, also when the process ends at once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(dir, 'a.log');
  const { stderr } = await run(`
    import { existsSync, openSync, readFileSync } from 'node:fs';
    import { createLogDestination } from '${built}';
    const log = createLogDestination(openSync('${file}', 'a'));
    for (let n = 0; n < 5000; n++) log.write(n + ' ä\\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    log.write('last\\n');
    log.write('very last\\n');
    setImmediate(() => process.exit());`);
  expect(stderr).toBe('');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(lines.slice(0, 5_000)).toEqual(Array.from({ length: 5_000 }, (_, n) => `${n} ä`));
  expect(lines.slice(5_000).sort()).toEqual(['last', 'very last']);
  await rm(dir, { recursive: true });
});

it('goes on in a new file when that is large, and keeps the one before', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(dir, 'a.log');
  const log = createLogDestination(rotatingFile(file, 1_000));
  const line = `${'x'.repeat(99)}\n`;
  const linesIn = (path: string) => (existsSync(path) ? readFileSync(path).length / line.length : 0);
  for (let count = 1; count <= 25; count++) {
    log.write(line);
    await waitFor(() => linesIn(file) === (count % 10 || 10));
  }

  expect([linesIn(`${file}.1`), linesIn(file)]).toEqual([10, 5]);
  expect(log.dropped()).toBe(0);
  await rm(dir, { recursive: true });
});

it('on a full disk is dropped, said once on standard error, and lets the process go on and end', async () => {
  const script = `
    import { createLogger, droppedLines } from '${built}';
    const logger = createLogger({ name: 'test' });
    const again = setInterval(() => logger.info('said'), 5);
    setTimeout(() => {
      clearInterval(again);
      console.error(droppedLines(logger) > 5 ? 'it goes on' : 'not counted');
      logger.info('last');
      process.exit();
    }, 200);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    timeout: 10_000,
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  expect([code, said]).toEqual([
    0,
    expect.stringMatching(
      /^Log lines are dropped, for they cannot be written: ENOSPC: no space left on device, write\nit goes on\n$/,
    ),
  ]);
});

it('is counted in the metrics of the service', async () => {
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: createLogDestination(openSync('/dev/full', 'w')),
  });
  const metrics = createMetrics('test_service');
  const config = { port: 0, host: '127.0.0.1', shutdownPauseMs: 0 };
  createHttpService({ config, logger, metrics, health: { required: {} }, routes: [], open: async () => {} });
  logger.info('one');
  let text = '';
  const read = async () => {
    text = await metrics.registry.metrics();
  };
  await waitFor(() => {
    void read();
    return /^log_lines_dropped_total\{.*\} 1$/m.test(text);
  });
});
