import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, stop } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

afterAll(() => stop());

it('is less than 12 kB of minified and compressed JavaScript, with all that it imports', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'dist/index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const size = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
  expect(size).toBeGreaterThan(5_000);
  expect(size).toBeLessThan(12_000);
});

it('is packed with its types and nothing that only this workspace has', () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  try {
    execFileSync('npx', ['pnpm', 'pack', '--pack-destination', folder], { cwd: here, stdio: 'pipe' });
    const [archive = ''] = readdirSync(folder);
    execFileSync('tar', ['-xzf', archive], { cwd: folder });
    const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
    const files = readdirSync(join(folder, 'package'), { recursive: true }).map(String);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts']));
    expect(files.filter((path) => /\.ts$/.test(path) && !/\.d\.ts$/.test(path))).toEqual([]);
    expect(manifest.exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } });
    expect(JSON.stringify(manifest.dependencies)).not.toContain('workspace:');
    const imported = files
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) => [
        ...readFileSync(join(folder, 'package', path), 'utf8').matchAll(/from '([^'.][^']*)'/g),
      ])
      .map(([, name]) => name);
    expect(Object.keys(manifest.dependencies).sort()).toEqual([...new Set(imported)].sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
