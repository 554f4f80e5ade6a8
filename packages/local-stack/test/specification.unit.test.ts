import { readFileSync } from 'node:fs';
import { parseFileSync } from '@swc/core';

const root = new URL('../../../', import.meta.url);
const table = readFileSync(new URL('docs/specification.md', root), 'utf8');
const rows = [...table.matchAll(/^\| (\w+) \| `(.+?)` \| `(.+?)` \| `(.+?)` \|$/gm)].map(
  ([, service = '', signature = '', file = '', symbol = '']) => ({ service, signature, file, symbol }),
);

it('has a row for each of the 18 functions of the specification', () => {
  expect(rows).toHaveLength(18);
  expect(new Set(rows.map(({ service }) => service))).toEqual(
    new Set(['user', 'catalog', 'order', 'payment']),
  );
});

const routes = rows.filter(({ symbol }) => symbol.includes('('));
it.each(routes)('$service: $signature stands in $file', ({ file, symbol }) => {
  expect(readFileSync(new URL(file, root), 'utf8')).toContain(symbol);
});

const functions = rows.filter(({ symbol }) => !symbol.includes('('));
it.each(functions)('$service: $signature stands in $file', ({ signature, file, symbol }) => {
  const [, parameters = ''] = /\((.*)\)/.exec(signature) ?? [];
  const wanted = parameters.split(', ');
  const found = exportedFunction(new URL(file, root).pathname, symbol);
  expect(found.slice(0, wanted.length)).toEqual(wanted);
  expect(found.length).toBeLessThanOrEqual(wanted.length + 1);
});

/** The names of an exported function's parameters; a destructured one is `{}`. */
function exportedFunction(path: string, name: string): string[] {
  const { body } = parseFileSync(path, { syntax: 'typescript', decorators: true });
  for (const item of body) {
    if (item.type !== 'ExportDeclaration' || item.declaration.type !== 'FunctionDeclaration') continue;
    if (item.declaration.identifier.value !== name) continue;
    return item.declaration.params.map(({ pat }) => (pat.type === 'Identifier' ? pat.value : '{}'));
  }
  throw new Error(`${path} exports no function ${name}`);
}
