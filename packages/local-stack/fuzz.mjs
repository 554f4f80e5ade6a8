// `pnpm test:fuzz`: sends a whole shop what no client should, and says how to do the same again.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const help = `npx pnpm test:fuzz [--minutes N] [--seed N]

  --minutes  how long in all; 3 without. First hostile values in every place (all of them from 10
             minutes on, a quarter in a shorter run), about half a minute on an idle machine;
             then requests made by chance from the schemas of all operations
  --seed     of an earlier run, to have the same requests made by chance
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (values.help || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write(help);
  process.exit(values.help ? 0 : 2);
}

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config=jest.fuzz.config.mjs',
    '--runInBand',
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_MS: String(Math.round(minutes * 60_000)) },
  },
);
process.stderr.write(`The same again: npx pnpm test:fuzz --seed ${seed}\n`);
process.exitCode = status ?? 1;
