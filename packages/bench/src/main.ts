import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { measureHistory } from './measures/history.ts';
import { measureLatency } from './measures/latency.ts';
import { measureLogin } from './measures/login.ts';
import { measureCart, measureOrderFlow, measureTimeToProcessing } from './measures/orders.ts';
import { measureOutbox } from './measures/outbox.ts';
import { measureReads } from './measures/reads.ts';
import { measureRest } from './measures/rest.ts';
import type { Measure, Setting } from './setting.ts';
import { setUp } from './setup.ts';
import { row } from './table.ts';

/*
 * --turns N       how often each side is loaded, in turns (3); the table has the medians
 * --seconds N     how long (5)
 * --products N    imports so many made products first (0)
 * --orders N      makes so many past orders, and measures orders before and after (0)
 * --engines       on the Kafka and the Elasticsearch of KAFKA_BROKERS and ELASTICSEARCH_URL
 * --only PATTERN  of import, rest, reads, latency, cart, orders, outbox, login, history
 * --json FILE     where the figures go beside the table (.data/bench.json)
 */
const { values: given } = parseArgs({
  options: {
    engines: { type: 'boolean', default: false },
    products: { type: 'string', default: '0' },
    orders: { type: 'string', default: '0' },
    turns: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'string', default: '.data/bench.json' },
  },
});

const say = (text: string) => process.stdout.write(`${text}\n`);
const measures: Measure[] = [];

async function measure(name: string, take: () => Promise<Measure | readonly Measure[]>): Promise<void> {
  if (given.only !== undefined && !new RegExp(given.only).test(name)) return;
  for (const taken of [await take()].flat()) {
    measures.push(taken);
    say(row(taken));
  }
}

say('Opening the shop and the bare server');
const { setting, accounts, logInAll, importedPerSecond, tearDown } = await setUp({
  engines: given.engines,
  products: Number(given.products),
  turns: Number(given.turns),
  seconds: Number(given.seconds),
});
try {
  await measureAll(setting);
} finally {
  await tearDown();
}
await mkdir(dirname(given.json), { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
await writeFile(given.json, `${JSON.stringify({ machine, measures }, null, 2)}\n`);
say(`Also in ${given.json}`);

async function measureAll(on: Setting): Promise<void> {
  if (importedPerSecond !== undefined) {
    const goal = { atLeast: 2_000 };
    await measure('import', async () => ({
      name: 'import',
      unit: 'products/s',
      shop: importedPerSecond,
      goal,
    }));
  }
  await measure('rest', () => measureRest(on));
  await measure('reads', () => measureReads(on));
  await measure('latency', () => measureLatency(on));
  await measure('cart', () => measureCart(on));
  await measure('orders', async () => {
    const [flow, processor] = await measureOrderFlow(on);
    return [flow, processor, ...(await measureTimeToProcessing(on, flow.shop))];
  });
  await measure('outbox', () => measureOutbox(on));
  await measure('login', () => measureLogin(on, accounts));
  if (Number(given.orders) > 0)
    await measure('history', () => measureHistory(on, Number(given.orders), logInAll));
}
