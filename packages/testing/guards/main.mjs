// `pnpm test:guards`: takes out, one at a time, what keeps the shop from losing or doubling something, in a copy of the
// working tree. The tests must notice each; a change of the sources that makes a guard's text disappear fails, too.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guards as all } from './guards.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Those whose name has the word given, or all. */
const guards = all.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const print = (line) => process.stdout.write(`${line}\n`);
const left = new Set(['.git', '.data', 'node_modules']);

const copy = await mkdtemp(join(tmpdir(), 'shop-guards-'));
try {
  // The packages' own node_modules are links that lead within the copy; all that is installed is in the root's.
  await cp(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !left.has(relative(root, path)),
  });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const whole = await run(guards);
  if (whole.failed > 0 || whole.passed < guards.length)
    throw new Error(`With every guard in place:\n${whole.output}`);
  print(`with every guard in place: ${whole.passed} tests pass`);
  for (const guard of guards) await takeOut(guard);
} finally {
  await rm(copy, { recursive: true, force: true });
}

async function takeOut(guard) {
  const { name, file, text, instead, test, title } = guard;
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  if (source.split(text).length !== 2) throw new Error(`${name}: ${file} has not exactly one ${text}`);
  await writeFile(
    path,
    source.replace(text, () => instead),
  );
  const { failed, output } = await run([guard]);
  await writeFile(path, source);
  if (failed > 0) print(`red without ${name}: ${test}, ${title}`);
  else {
    print(`NOT NOTICED: without ${name} it stays green: ${test}, ${title}\n${output}`);
    process.exitCode = 1;
  }
}

/** Runs the tests of these guards, and no others. */
async function run(chosen) {
  const report = join(copy, 'guards-report.json');
  await rm(report, { force: true });
  const { stderr: output } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${report}`,
      `--testNamePattern=${chosen.map(({ title }) => title.replaceAll('.', '\\.')).join('|')}`,
      '--runTestsByPath',
      ...new Set(chosen.map(({ test }) => test)),
    ],
    { cwd: copy, encoding: 'utf8' },
  );
  const { numFailedTests: failed, numPassedTests: passed } = JSON.parse(await readFile(report, 'utf8'));
  return { failed, passed, output };
}
