import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Programs } from './programs.ts';

type ClusterOptions = {
  dataDir: string;
  password: string;
  /** False for a cluster that a power cut may destroy. */
  durable: boolean;
  programs: Programs;
};

/**
 * Makes a cluster in `dataDir` unless there is one already. It is made beside it and renamed, so that
 * being killed in the middle leaves nothing that could be taken for a cluster.
 */
export async function createClusterOnce(options: ClusterOptions): Promise<void> {
  const { dataDir, programs } = options;
  const found = await list(dataDir);
  if (found?.includes('PG_VERSION')) return;
  if (found && found.length > 0) {
    throw new Error(`${dataDir} holds other files than PostgreSQL's. Choose another folder, or empty it.`);
  }
  const staging = `${dataDir}.new`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(staging, { mode: 0o700 });
  try {
    await programs.own(staging);
    await runInitdb(staging, options);
    if (found) await rmdir(dataDir);
    await rename(join(staging, 'data'), dataDir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function runInitdb(staging: string, { password, durable, programs }: ClusterOptions) {
  const passwordFile = join(staging, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await programs.own(passwordFile);
  const args = [
    ['-D', join(staging, 'data'), '-U', 'postgres', '-E', 'UTF8'],
    ['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    // Sorts and lower-cases the same on every platform, whatever its C library.
    ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    durable ? [] : ['--no-sync'],
  ].flat();
  // pg_trgm still asks the C library what a letter is; with plain C it knows no accented ones.
  let outcome = await programs.initdb([...args, '--locale=C.UTF-8']);
  if (outcome.output.includes('invalid locale')) outcome = await programs.initdb([...args, '--locale=C']);
  if (outcome.code !== 0) throw new Error(`PostgreSQL's initdb failed (${outcome.code}):\n${outcome.output}`);
}

async function list(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'EACCES') throw error;
    throw new Error(
      `${folder} belongs to another user, perhaps because it was made by root. ` +
        'Run as that user again, or remove the folder (its data is lost).',
      { cause: error },
    );
  }
}
