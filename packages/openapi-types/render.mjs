import { bundle, createConfig } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';

/**
 * A contract in one piece: what is referred to in other files stands among its own components.
 * @param {string} path the file
 * @param {{ forCallers?: boolean }} [options] forCallers leaves out what is `x-internal`
 * @throws {Error} that names what cannot be parsed or resolved
 */
export async function readContract(path, { forCallers = false } = {}) {
  const decorators = forCallers ? { 'remove-x-internal': 'on' } : {};
  const config = await createConfig({ decorators });
  const { bundle: contract, problems } = await bundle({
    ref: path,
    config,
    removeUnusedComponents: forCallers,
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`${path}\n${errors.map(whereAndWhat).join('\n')}`);
  return contract.parsed;
}

/** `paths`, `components` and `operations` as types. */
export async function renderTypes(contract, options = {}) {
  return astToString(await openapiTS(structuredClone(contract), { immutable: true, ...options }));
}

/** The TypeScript source for a service: the types, `Schemas` for short, and `document`, the contract itself. */
export async function renderService(path) {
  const contract = await readContract(path);
  const types = await renderTypes(contract);
  const document = JSON.stringify(contract, null, 2);
  return [
    `import type { ContractDocument } from '@shop/service-kit';\n`,
    types,
    `export type Schemas = components['schemas'];\n`,
    `export const document: ContractDocument = ${document};\n`,
  ].join('\n');
}

function whereAndWhat({ location, message }) {
  const [{ source, pointer } = {}] = location;
  return `${source?.absoluteRef ?? ''}${pointer ?? ''}: ${message}`;
}
