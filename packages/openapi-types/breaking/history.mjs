import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const git = (...args) =>
  execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] });

function commitOf(name) {
  try {
    return git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).trim();
  } catch {
    return undefined;
  }
}

/** Where this branch left main; on main itself, the commit before. Undefined without a history. */
export function defaultBase() {
  const head = commitOf('HEAD');
  for (const main of ['origin/main', 'main']) {
    if (commitOf(main) === undefined) continue;
    try {
      const base = git('merge-base', 'HEAD', main).trim();
      if (base !== head) return base;
    } catch {}
  }
  return commitOf('HEAD^1');
}

/**
 * Writes what the contracts were at a commit into a folder.
 * @throws {Error} when there is no such commit here
 */
export async function checkOut(base, folder) {
  if (commitOf(base) === undefined) throw new Error(`${base}: there is no such commit here. Fetch it first.`);
  const wanted =
    /^([a-z]+_service\/openapi\.yaml|packages\/contracts\/openapi\/.*|docs\/asyncapi\.yaml|CHANGELOG\.md)$/;
  const paths = git('ls-tree', '-r', '--name-only', base).split('\n');
  for (const path of paths.filter((each) => wanted.test(each))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), git('show', `${base}:${path}`));
  }
}
