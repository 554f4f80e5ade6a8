import { createContractCheck } from '@shop/testing';
import * as fc from 'fast-check';
import { closeConnections as closeOthers } from '../authorization/call.ts';
import { rows } from '../authorization/rows.ts';
import type { Caller } from '../authorization/rules.ts';
import { settle, type World } from '../authorization/world.ts';
import { closeConnections, exchange } from '../bad-input/send.ts';
import { settledSnapshot } from '../bad-input/world.ts';
import { openShop, type TestShop } from '../support/shop.ts';
import { faultsOfBytes, sendBytes } from './connections.ts';
import { bodies, members } from './hostile/bodies.ts';
import { authorizations, headers } from './hostile/headers.ts';
import { connections, paths } from './hostile/requests.ts';
import { texts } from './hostile/texts.ts';
import { hostilePaths, hostileProbes } from './hostile-probes.ts';
import { described, faultsOf } from './judge.ts';
import { type Operation, readOperations } from './operations.ts';
import type { Probe } from './probe.ts';
import { type CallerOf, randomProbe } from './random-probes.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const totalMs = Number(process.env['FUZZ_MS'] ?? 60_000);
/** Access tokens are valid for longer. */
const roundMs = 10 * 60_000;
const isLong = totalMs >= roundMs;
const atOnce = 6;
const mostShown = 20;
const startedAt = performance.now();
const leftMs = () => totalMs - (performance.now() - startedAt);

const say = (text: string) => process.stderr.write(`${text}\n`);
const services = ['user', 'catalog', 'order', 'payment'] as const;

let shop: TestShop;
let world: World;
let operations: readonly Operation[];
let violations: readonly (() => readonly string[])[];
const counts = new Map<string, number>();

beforeAll(async () => {
  const checks = await Promise.all(
    services.map(async (service) => {
      const { document } = await import(`${service}_service`);
      return [`${service}_service`, createContractCheck(document)] as const;
    }),
  );
  const observers = Object.fromEntries(checks.map(([name, { observer }]) => [name, observer]));
  violations = checks.map(([, check]) => check.violations);
  shop = await openShop({ observerOf: (name) => observers[name] });
  world = await settle(shop);
  const inside = services.flatMap((service) =>
    rows[service].flatMap(([operation, , details]) =>
      details?.inside ? `${service} ${operation.split('?')[0]}` : [],
    ),
  );
  operations = await readOperations(new Set(inside));
}, 120_000);

afterAll(async () => {
  closeConnections();
  await closeOthers();
  await shop?.close();
}, 60_000);

/** Who is let in. */
const callerOf: CallerOf = ({ service, method, path }) => {
  const row = rows[service].find(([operation]) => operation.split('?')[0] === `${method} ${path}`);
  const callers: Partial<Record<string, Caller>> = { admins: 'admin', services: 'service' };
  return callers[row?.[1] ?? ''] ?? 'customer';
};

/** Sends it, and says what is wrong with what came of it. */
async function judge(probe: Probe): Promise<{ readonly accepted: boolean; readonly faults: string[] }> {
  const url = shop.stack.urls[probe.service];
  const reply = await exchange(url, probe)
    // A connection that had nothing to do may be closed at the moment in which it is used again.
    .catch(() => exchange(url, probe, { fresh: true }))
    .catch((error: NodeJS.ErrnoException) => error);
  // Not by `instanceof`: Node's own errors are of another realm in jest.
  if ('message' in reply) {
    // Who is refused for a large body has not sent all of it when the connection is closed.
    const isCutOff = ['EPIPE', 'ECONNRESET'].includes(reply.code ?? '') && (probe.body?.length ?? 0) > 65_536;
    return { accepted: false, faults: isCutOff ? [] : [`${reply.message} ← ${described(probe)}`] };
  }
  const { status = 0 } = reply;
  counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
  const faults = faultsOf(probe, reply).map((fault) => `${fault} ← ${described(probe)}`);
  return { accepted: status < 400, faults };
}

/** @returns what was found, and whether every one was refused */
async function judgeAll(probes: readonly Probe[]) {
  const waiting = [...probes];
  const faults: string[] = [];
  let accepted = 0;
  const worker = async () => {
    for (let probe = waiting.pop(); probe !== undefined; probe = waiting.pop()) {
      const judged = await judge(probe);
      faults.push(...judged.faults);
      if (judged.accepted) accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { faults, accepted };
}

/** What the contracts do not say of requests since the last time; of paths that are in none, only that one was let in. */
function contractFaults(): string[] {
  const found = violations.flatMap((each) => each());
  const fresh = found.slice(contractFaultsSeen);
  contractFaultsSeen = found.length;
  return fresh
    .filter((fault) => !/→ 4\d\d: the document has no such operation$/.test(fault))
    .slice(0, mostShown);
}
let contractFaultsSeen = 0;

it('has more than 300 hostile values, each of them once', () => {
  const tables = [texts, members, bodies, headers.map(String), authorizations, paths, connections];
  const repeated = tables.flatMap((table) => table.filter((value, index) => table.indexOf(value) !== index));
  expect(repeated).toEqual([]);
  expect(tables.flat().length).toBeGreaterThan(300);
});

it('bears hostile values in every place', async () => {
  const found: string[] = [];
  let sent = 0;
  for (const [index, operation] of operations.entries()) {
    const all = hostileProbes(operation, callerOf(operation), world);
    // In a short run each value is in a part of its places; another seed has other parts.
    const probes = all.filter((_, place) => isLong || (place + index + seed) % 4 === 0);
    const before = await settledSnapshot(shop);
    const { faults, accepted } = await judgeAll(probes);
    found.push(...faults);
    sent += probes.length;
    if (accepted === 0)
      expect([operation.path, await settledSnapshot(shop)]).toEqual([operation.path, before]);
  }
  const others = hostilePaths('admin', world);
  found.push(...(await judgeAll(others)).faults);
  say(
    `${sent + others.length} requests with hostile values in ${Math.round((performance.now() - startedAt) / 1_000)} s`,
  );
  expect(found.slice(0, mostShown)).toEqual([]);
  expect(contractFaults()).toEqual([]);
});

it('bears what is no request', async () => {
  const all = Object.entries(shop.stack.urls).filter(([name]) => name !== 'stripe');
  const replies = all.flatMap(([, url]) =>
    connections.map(async (text) => faultsOfBytes(await sendBytes(url, Buffer.from(text, 'latin1')))),
  );
  expect((await Promise.all(replies)).flat()).toEqual([]);
});

it('bears requests made by chance from the schemas of all operations', async () => {
  for (let round = 0; round === 0 || leftMs() > 1_000; round++) {
    if (round > 0) world = await settle(shop);
    const property = fc.asyncProperty(randomProbe(operations, callerOf, world), async (probe) => {
      const { faults } = await judge(probe);
      expect([...faults, ...contractFaults()]).toEqual([]);
    });
    await fc.assert(property, {
      seed: seed + round,
      numRuns: Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: Math.max(10_000, Math.min(roundMs, leftMs())),
    });
  }
  say(`replies by status: ${JSON.stringify(Object.fromEntries([...counts].sort()))}`);
});

it('goes on afterwards: it sells, and the doctor finds nothing', async () => {
  for (const service of services)
    expect(
      await exchange(shop.stack.urls[service], { method: 'GET', path: '/readyz', headers: {} }),
    ).toMatchObject({
      status: 200,
    });
  const customer = await shop.customer();
  const order = await customer.order(await shop.product(3));
  await customer.reaches(order, 'processing');
  await customer.pay(order);
  await customer.reaches(order, 'completed');
  await shop.ledger.quiet();
  expect(await shop.ledger.contradictions()).toEqual([]);
  expect(await shop.findings(0)).toEqual([]);
});
