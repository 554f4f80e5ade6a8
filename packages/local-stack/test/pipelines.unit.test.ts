import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
      expect(on[event].paths).toEqual(
        expect.arrayContaining(['Dockerfile', `.github/workflows/${pipeline}.yml`]),
      );
    },
  );
});

describe('what the pipelines run', () => {
  const files = readdirSync(new URL('.github/workflows/', root)).map((name) => `.github/workflows/${name}`);

  it.each(files)('is fixed by its commit, with the version beside it, in %s', (path) => {
    const used = [...read(path).matchAll(/^ *-? *uses: (.+)$/gm)].map(([, use = '']) => use);
    for (const use of used) expect(use).toMatch(/^\.\/|@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('looks for secrets, for code that can be attacked and for advisories, also once a week', () => {
    const { on, jobs } = parse(read('.github/workflows/security.yml'));
    expect(Object.keys(on)).toEqual(['push', 'pull_request', 'schedule']);
    const steps = Object.values<{ steps: { uses?: string; run?: string }[] }>(jobs).flatMap(
      (job) => job.steps,
    );
    const done = steps.map(({ uses = '', run = '' }) => uses + run);
    for (const tool of [/gitleaks/, /codeql-action\/analyze@/, /^pnpm audit --audit-level high$/])
      expect(done).toContainEqual(expect.stringMatching(tool));
  });

  it.each(['Dockerfile', 'docker-compose.yml'])('names images by their whole version in %s', (path) => {
    const images = [...read(path).matchAll(/^(?:FROM|\s*image:) (\S+[:@]\S+)/gm)].map(
      ([, image = '']) => image,
    );
    const foreign = images.filter((image) => !image.startsWith('shop/'));
    expect(foreign.length).toBeGreaterThan(1);
    for (const image of foreign) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-slim)?(@sha256:[0-9a-f]{64})?$/);
  });
});

describe('the version of pnpm', () => {
  const workflows = readdirSync(new URL('.github/workflows/', root)).map(
    (name) => `.github/workflows/${name}`,
  );
  const installed = (text: string) =>
    [...text.matchAll(/npm install --global pnpm@(\S+)/g)].map(([, v]) => v);

  it('is one, in all images and pipelines, and where npx looks first', () => {
    expect(installed(read('Dockerfile'))).toHaveLength(1);
    const versions = new Set(['Dockerfile', ...workflows].flatMap((path) => installed(read(path))));
    expect([...versions]).toEqual([JSON.parse(read('package.json')).devDependencies.pnpm]);
  });

  it.each(workflows)('is installed in each job of %s before pnpm is run', (path) => {
    const { jobs } = parse(read(path)) as { jobs: Record<string, { steps?: { run?: string }[] }> };
    for (const [job, { steps = [] }] of Object.entries(jobs)) {
      const commands = steps.map(({ run = '' }) => run);
      const uses = commands.findIndex((run) => /\bpnpm\b(?!@)|\.ci\/run/.test(run));
      const installs = commands.findIndex((run) => installed(run).length > 0);
      expect([job, uses === -1 || (installs !== -1 && installs < uses)]).toEqual([job, true]);
    }
  });
});

it('are built of the image that the Dockerfile names, by its digest', () => {
  const file = read('Dockerfile');
  const stages = [...file.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage);
  const images = new Set([...file.matchAll(/^FROM ([^@\s]+)/gm)].map(([, from]) => from));
  for (const stage of stages) images.delete(stage);
  const [, pinned = ''] = /build-contexts: (.*)/.exec(read('.github/workflows/service.yml')) ?? [];
  expect(pinned).toMatch(/@sha256:[0-9a-f]{64}$/);
  expect([...images].map((image) => `${image}=docker-image://${image}`)).toEqual([pinned.split('@')[0]]);
});

it('copies all that the bootstrap imports into its image', () => {
  const folder = 'packages/local-stack/src/';
  const importedBy = (file: string): string[] =>
    [...read(`${folder}${file}`).matchAll(/from '(\.[^']+)'/g)]
      .map(([, path]) => new URL(path ?? '', `file:///${file}`).pathname.slice(1))
      .flatMap((path) => [path, ...importedBy(path)]);
  const [, stage = ''] = /\nFROM workspace AS bootstrap-files\n(.*?)\nFROM /s.exec(read('Dockerfile')) ?? [];
  const copied = stage.split(/\s+/).filter((word) => word.startsWith(folder));
  const missing = importedBy('bootstrap/main.ts')
    .map((file) => `${folder}${file}`)
    .filter((file) => !copied.includes(file) && !copied.includes(dirname(file)));
  expect(missing).toEqual([]);
});

describe('docker-compose.yml', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true });
  const images = Object.entries<{ build?: { args?: { SERVICE?: string } }; ports?: string[] }>(
    services,
  ).flatMap(([name, { build, ports }]) =>
    build?.args?.SERVICE && ports ? [[name, build.args.SERVICE, ports]] : [],
  );

  it.each(images)('publishes the port of %s that its health check asks', (_name, folder, ports) => {
    const { config } = JSON.parse(read(`${folder}/package.json`));
    expect(ports).toEqual([expect.stringMatching(new RegExp(`:${config.port}$`))]);
  });
});
