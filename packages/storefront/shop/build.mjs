#!/usr/bin/env node
// Builds the demo shop into dist/shop, with compressed copies beside each file; not if it was built of the same sources.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

process.chdir(fileURLToPath(new URL('../', import.meta.url)));
const stamp = 'dist/shop.sources';

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function hashOfSources() {
  const hash = createHash('sha256');
  const sources = [
    'package.json',
    ...filesIn('shop'),
    ...filesIn('../client/src'),
    ...filesIn('../money/src'),
  ];
  for (const path of sources) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

const hash = hashOfSources();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  rmSync(stamp, { force: true });
  // Images have the Vite that they build with somewhere else.
  const { build } = await import(process.env.VITE_MODULE ?? 'vite');
  await build({ configFile: 'shop/vite.config.mjs', logLevel: 'warn' });
  for (const path of filesIn('dist/shop')) {
    const content = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(content));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  }
  mkdirSync('dist', { recursive: true });
  writeFileSync(stamp, hash);
}
