#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const own = 'packages/openapi-types/';
const shared = 'packages/contracts/openapi/';
const inputsOfAll = [
  ...['package.json', 'generate.mjs', 'render.mjs', 'render-client.mjs'].map((name) => `${own}${name}`),
  ...readdirSync(new URL(shared, root)).map((name) => `${shared}${name}`),
];
const services = readdirSync(root).filter((name) => existsSync(new URL(`${name}/openapi.yaml`, root)));
const contractOf = (service) => `${service}/openapi.yaml`;
const pathOf = (service) => fileURLToPath(new URL(contractOf(service), root));

/** The first line of what is made of these files: while it stays the same, so does the rest. */
function firstLineFor(contracts) {
  const hash = createHash('sha256');
  for (const path of [...inputsOfAll, ...contracts]) hash.update(readFileSync(new URL(path, root)));
  return `// Made from ${contracts.join(', ')} by ${own.slice(0, -1)} (${hash.digest('hex').slice(0, 16)}). Do not edit.\n`;
}

const isUpToDate = (target, firstLine) =>
  existsSync(target) && readFileSync(target, 'utf8').startsWith(firstLine);

/** Writes a file of these contracts, unless it is there: `render` brings a TypeScript compiler. */
async function write(path, contracts, render) {
  const firstLine = firstLineFor(contracts);
  const target = new URL(path, root);
  if (isUpToDate(target, firstLine)) return;
  const source = await render();
  await mkdir(new URL('.', target), { recursive: true });
  await writeFile(target, firstLine + source);
}

for (const service of services) {
  await write(`${service}/src/generated/openapi.ts`, [contractOf(service)], async () => {
    const { renderService } = await import('./render.mjs');
    return renderService(pathOf(service));
  });
}

// An image has the contract of its own service only, and no client.
const client = 'packages/client/';
if (existsSync(new URL(client, root))) {
  for (const service of services) {
    await write(`${client}src/generated/${service}.ts`, [contractOf(service)], async () => {
      const { renderTypesForCallers } = await import('./render-client.mjs');
      return renderTypesForCallers(pathOf(service));
    });
  }
  await write(`${client}src/generated/operations.ts`, services.map(contractOf), async () => {
    const { renderOperations } = await import('./render-client.mjs');
    return renderOperations(services.map((service) => ({ service, path: pathOf(service) })));
  });
}
