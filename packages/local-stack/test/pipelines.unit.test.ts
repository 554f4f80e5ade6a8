import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** Each workspace package by its name, with the folder it is in and the workspace packages that it names. */
const workspace = new Map(
  [
    ...readdirSync(root).filter((name) => name.endsWith('_service')),
    ...readdirSync(new URL('packages/', root)).map((name) => `packages/${name}`),
  ].map((folder) => {
    const { name, dependencies = {}, devDependencies = {} } = JSON.parse(read(`${folder}/package.json`));
    return [name as string, { folder, needs: Object.keys({ ...dependencies, ...devDependencies }) }];
  }),
);

/** The folders of a package and of all that it uses, however far down. */
function foldersOf(name: string, seen = new Set<string>()): Set<string> {
  const known = workspace.get(name);
  if (known === undefined || seen.has(known.folder)) return seen;
  seen.add(known.folder);
  for (const need of known.needs) foldersOf(need, seen);
  return seen;
}

describe.each([
  ['user_service', 'user_service'],
  ['catalog_service', 'catalog_service'],
  ['order_service', 'order_service'],
  ['payment_service', 'payment_service'],
  ['storefront', '@shop/storefront'],
])('the pipeline of %s', (pipeline, name) => {
  const { on } = parse(read(`.github/workflows/${pipeline}.yml`));
  const watched = (paths: readonly string[]) =>
    paths.filter((path) => path.endsWith('/**')).map((path) => path.slice(0, -'/**'.length));

  it.each(['push', 'pull_request'])(
    'runs on a %s to its own folder and to the packages it uses, no others',
    (event) => {
      expect(watched(on[event].paths).sort()).toEqual([...foldersOf(name)].sort());
      expect(on[event].paths).toContain(`.github/workflows/${pipeline}.yml`);
    },
  );
});
