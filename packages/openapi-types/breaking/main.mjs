#!/usr/bin/env node
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parse } from 'yaml';
import { readContract } from '../render.mjs';
import { breakingChanges } from './compare.mjs';
import { eventsAsOperations } from './events.mjs';
import { checkOut, defaultBase } from './history.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const complain = (line) => process.stderr.write(`${line}\n`);

/**
 * Fails when a contract of this folder breaks those who keep to what it was at another commit, unless CHANGELOG.md has a new line
 * `Breaking: POST /cart …` for the operation, or `Breaking: OrderEvents/STOCK_RESERVED …` for the event.
 */
const base = process.argv[2] ?? defaultBase();
if (base === undefined) say('No history here: nothing to compare with.');
else {
  process.exitCode = 1;
  try {
    if (await compareWith(base)) process.exitCode = 0;
  } catch (error) {
    complain(error.message);
  }
}

async function compareWith(base) {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-'));
  try {
    await checkOut(base, folder);
    const found = [...(await ofServices(folder)), ...ofEvents(folder)];
    const announced = announcedSince(folder);
    const open = found.filter(({ of }) => !announced.includes(of));
    for (const { contract, of, what } of open) complain(`${contract}: ${of}: ${what}`);
    const allowed = found.length - open.length;
    say(
      `${open.length} breaking changes since ${base.slice(0, 12)}, and ${allowed} that CHANGELOG.md announces.`,
    );
    if (open.length > 0)
      complain('Keep what is there, or say in CHANGELOG.md: `Breaking: POST /cart …`, with what to do.');
    return open.length === 0;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function ofServices(folder) {
  const contracts = readdirSync(folder).map((service) => `${service}/openapi.yaml`);
  const found = contracts
    .filter((contract) => existsSync(join(folder, contract)))
    .map(async (contract) => {
      const before = await readContract(join(folder, contract));
      const after = existsSync(contract) ? await readContract(contract) : { ...before, paths: {} };
      return breakingChanges(before, after).map((change) => ({ contract, ...change }));
    });
  return (await Promise.all(found)).flat();
}

function ofEvents(folder) {
  const contract = 'docs/asyncapi.yaml';
  if (!existsSync(join(folder, contract))) return [];
  const read = (path) => eventsAsOperations(parse(readFileSync(path, 'utf8')));
  return breakingChanges(read(join(folder, contract)), read(contract)).map(({ of, what }) => ({
    contract,
    of: of.replace(/^\w* ?\//, ''),
    what,
  }));
}

/** The operations and events that lines of the changelog name which were not there. */
function announcedSince(folder) {
  const lines = (path) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
  const before = new Set(lines(join(folder, 'CHANGELOG.md')));
  return lines('CHANGELOG.md').flatMap((line) => {
    const [, of] =
      /\bBreaking: `?((?:GET|PUT|POST|PATCH|DELETE) [^\s`:]+|\w+\/\w+)/.exec(before.has(line) ? '' : line) ??
      [];
    return of ?? [];
  });
}
