#!/usr/bin/env node
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const shared = 'packages/contracts/openapi/';
const inputsOfAll = [
  'packages/openapi-types/package.json',
  'packages/openapi-types/generate.mjs',
  'packages/openapi-types/render.mjs',
  ...readdirSync(new URL(shared, root)).map((name) => `${shared}${name}`),
];

/** The first line of what is made of these files: while it stays the same, so does the rest. */
function firstLineFor(contract) {
  const hash = createHash('sha256');
  for (const path of [...inputsOfAll, contract]) hash.update(readFileSync(new URL(path, root)));
  return `// Made from ${contract} by packages/openapi-types (${hash.digest('hex').slice(0, 16)}). Do not edit.\n`;
}

const isUpToDate = (target, firstLine) =>
  existsSync(target) && readFileSync(target, 'utf8').startsWith(firstLine);

for (const service of readdirSync(root)) {
  const contract = `${service}/openapi.yaml`;
  if (!existsSync(new URL(contract, root))) continue;
  const firstLine = firstLineFor(contract);
  const target = new URL(`${service}/src/generated/openapi.ts`, root);
  if (isUpToDate(target, firstLine)) continue;
  // Loaded only when there is something to do: it brings a TypeScript compiler.
  const { render } = await import('./render.mjs');
  const source = await render(fileURLToPath(new URL(contract, root)));
  await mkdir(new URL('.', target), { recursive: true });
  await writeFile(target, firstLine + source);
}
