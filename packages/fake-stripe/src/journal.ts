import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Journal {
  /** Queues one entry. It is on disk once a later `synced()` resolves. */
  append(entry: unknown): void;
  /** Resolves when everything appended so far is on disk; rejects for good after a failed write. */
  synced(): Promise<void>;
  /** Waits for what is queued, then closes the file. */
  close(): Promise<void>;
}

/** Reads all entries. A torn last line, left by a kill in mid-write, is dropped; damage before it is an error. */
export async function readJournal(file: string): Promise<unknown[]> {
  const lines = (await readIfThere(file)).split('\n');
  // Every whole entry ends with a newline, so whatever follows the last one is torn.
  lines.pop();
  return lines.map((line, index) => parseLine(line, `${file}:${index + 1}`));
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`${place} is not a journal entry; move the file away to start empty`, { cause });
  }
}

/** Replaces the file by these entries, all or nothing: temporary file, fsync, rename, fsync of the folder. */
export async function rewriteJournal(file: string, entries: Iterable<unknown>): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    for (const entry of entries) await handle.write(`${JSON.stringify(entry)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Opens the file for appending. Writers that wait at the same time share one fdatasync: while one
 * runs, the next batch gathers.
 */
export async function openJournal(file: string): Promise<Journal> {
  const handle = await open(file, 'a', 0o600);
  let gathering: string[] = [];
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  const writeBatch = async () => {
    const batch = gathering.join('');
    gathering = [];
    running = next ?? running;
    next = undefined;
    await writeDurably(handle, batch);
  };

  return {
    append(entry) {
      gathering.push(`${JSON.stringify(entry)}\n`);
      // After a failed write `running` stays rejected: no later entry may follow a torn one.
      next ??= running.then(writeBatch);
      next.catch(() => {});
    },
    synced: () => next ?? running,
    async close() {
      await (next ?? running).catch(() => {});
      await handle.close();
    },
  };
}

async function writeDurably(handle: FileHandle, text: string): Promise<void> {
  await handle.appendFile(text);
  await handle.datasync();
}

/** A journal that keeps nothing. */
export function createMemoryJournal(): Journal {
  return { append() {}, synced: () => Promise.resolve(), close: () => Promise.resolve() };
}
