import { bundle, createConfig } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';

/**
 * The TypeScript source for one contract: `paths`, `components`, `operations` and `Schemas` as types, and `document`,
 * the contract in one piece: what is referred to in other files stands among its own components.
 * @param {string} path the file
 * @throws {Error} that names what cannot be parsed or resolved
 */
export async function render(path) {
  const { bundle: contract, problems } = await bundle({ ref: path, config: await createConfig({}) });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`${path}\n${errors.map(whereAndWhat).join('\n')}`);
  const types = astToString(await openapiTS(structuredClone(contract.parsed), { immutable: true }));
  const document = JSON.stringify(contract.parsed, null, 2);
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
