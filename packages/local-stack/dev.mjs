// `pnpm dev`: the whole shop in one process, which is built and started again whenever a source is saved.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, watch } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
process.chdir(fileURLToPath(root));
const node = (...args) => spawn(process.execPath, args, { stdio: 'inherit' });

const children = [
  node('node_modules/typescript/bin/tsc', '--build', '--watch', '--preserveWatchOutput'),
  node('--watch', '--watch-preserve-output', 'packages/local-stack/dist/main.js', ...process.argv.slice(2)),
];
// Ctrl-C reaches them by itself; other signals are sent to this process alone.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of children) child.kill('SIGTERM');
  });
}

// What is generated changes a source, and the compiler takes it from there. Folders are watched, as editors replace files.
const generators = {
  'openapi.yaml': 'packages/openapi-types/generate.mjs',
  'shared.yaml': 'packages/openapi-types/generate.mjs',
  'schema.prisma': 'catalog_service/prisma/generate.mjs',
};
const services = readdirSync('.').filter((name) => name.endsWith('_service'));
for (const folder of [...services, 'packages/contracts/openapi', 'catalog_service/prisma']) {
  watch(folder, (_event, name) => {
    const generator = generators[name];
    if (generator) spawnSync(process.execPath, [generator], { stdio: 'inherit' });
  }).unref();
}

// The demo shop, whose files the gateway reads when it is asked for them.
let waiting;
watch('packages/storefront/shop', { recursive: true }, () => {
  clearTimeout(waiting);
  waiting = setTimeout(
    () => spawn(process.execPath, ['packages/storefront/shop/build.mjs'], { stdio: 'inherit' }),
    200,
  );
}).unref();
