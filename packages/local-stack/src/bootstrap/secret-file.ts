import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that one user and one group can read and nobody can change; whole or not at all. Needs no privilege
 * but to give files away (CAP_CHOWN), not even when the file is there already.
 * @param reader the number of the user, and of the group
 */
export async function writeSecret(file: string, content: string, reader: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o400);
  try {
    await handle.writeFile(content);
    await handle.chmod(0o440);
    await handle.chown(reader, reader);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
