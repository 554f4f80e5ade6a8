// Generates Prisma's client when the schema is newer than it, and says something only when that fails.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const changedAt = (relative) => statSync(path(relative), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const sources = Math.max(changedAt('schema.prisma'), changedAt('../package.json'));
if (changedAt('../src/generated/prisma/client.ts') < sources) {
  const prisma = path('../node_modules/prisma/build/index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate'], { cwd: path('..') });
  if (status !== 0) {
    process.stderr.write(stdout);
    process.stderr.write(stderr);
    process.exit(status ?? 1);
  }
}
