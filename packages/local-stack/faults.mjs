// `pnpm test:faults`: breaks everything that a shop depends on, on both buses, and says how to do the same again.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const help = `npx pnpm test:faults [--bus in-process | kafka | model] [--minutes N] [--seed N]

  --bus      only this part; all of them without
  --minutes  how long in all; 8 without. Everything breaks once in 5 minutes in-process and in 10 on Kafka: what has no
             time is left out, and another seed has another order. What time is left goes to chance
  --seed     of an earlier run, to have the same happen

With TEST_KAFKA_COMMAND (a program that runs a broker) or TEST_CONTAINERS=yes the broker is broken, too; the one that
KAFKA_BROKERS names is not.
`;

const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: '' },
    minutes: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    help: { type: 'boolean', default: false },
  },
});
const files = {
  '': '',
  'in-process': 'in-process.faults',
  kafka: 'kafka.faults',
  model: 'order-life.faults',
};
const [minutes, seed, file] = [Number(values.minutes), Number(values.seed), files[values.bus]];
if (values.help || !(minutes > 0) || !Number.isSafeInteger(seed) || file === undefined) {
  process.stderr.write(help);
  process.exit(values.help ? 0 : 2);
}

const { KAFKA_BROKERS, TEST_KAFKA_COMMAND, TEST_CONTAINERS, ELASTICSEARCH_URL } = process.env;
const withKafka = ['', 'kafka'].includes(values.bus);
if (withKafka && !KAFKA_BROKERS && !TEST_KAFKA_COMMAND && !TEST_CONTAINERS)
  process.stderr.write(
    'Kafka is left out: none of KAFKA_BROKERS, TEST_KAFKA_COMMAND, TEST_CONTAINERS is set.\n',
  );
if (withKafka && !ELASTICSEARCH_URL)
  process.stderr.write('Elasticsearch is left out: ELASTICSEARCH_URL names none.\n');

const share = (bus, part) => String(Math.round(minutes * 60_000 * (values.bus === bus ? 1 : part)));
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config=jest.faults.config.mjs',
    '--runInBand',
    file,
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      FAULTS_SEED: String(seed),
      FAULTS_IN_PROCESS_MS: share('in-process', 0.35),
      FAULTS_KAFKA_MS: share('kafka', 0.55),
      FAULTS_MODEL_MS: share('model', 0.1),
    },
  },
);
process.stderr.write(`The same again: npx pnpm test:faults --seed ${seed}\n`);
process.exitCode = status ?? 1;
