import { closeSync, fstatSync, openSync, renameSync, write, writeSync } from 'node:fs';

export type LogDestination = ReturnType<typeof createLogDestination>;

/** So much may wait for a file or pipe that takes nothing at the moment. */
const mostWaiting = 1_000_000;
const busyMs = 100;

/**
 * Opens a log file, and starts a new one each time that it has become so large: the one before is kept as `<path>.1`.
 * @returns the file descriptor to write to, for {@link createLogDestination}
 */
export function rotatingFile(path: string, mostBytes: number): () => number {
  let fd = openSync(path, 'a');
  return () => {
    if (fstatSync(fd).size < mostBytes) return fd;
    try {
      renameSync(path, `${path}.1`);
      const next = openSync(path, 'a');
      closeSync(fd);
      fd = next;
    } catch {
      // Better one file that is too large than none.
    }
    return fd;
  };
}

/**
 * Takes lines for a file or pipe, and never fails: what cannot be written (a full disk, a reader that has gone) is dropped
 * and counted, and that is said on standard error, once. Lines are written in the background; the last of them, and those
 * alone, when the process ends. (pino's own destination ends the process instead, or never lets it end.)
 */
export function createLogDestination(destination: number | (() => number)) {
  const next = typeof destination === 'number' ? () => destination : destination;
  let fd = next();
  let waiting = '';
  let lines = 0;
  let writing = false;
  let dropped = 0;

  function drop(count: number, why: string): void {
    if (dropped === 0) say(`Log lines are dropped, for they cannot be written: ${why}\n`);
    dropped += count;
  }

  function takeAll(): { batch: Buffer; count: number } {
    const all = { batch: Buffer.from(waiting), count: lines };
    waiting = '';
    lines = 0;
    return all;
  }

  function writeWaiting(): void {
    const { batch, count } = takeAll();
    writing = true;
    fd = next();
    writeFrom(fd, batch, (error) => {
      writing = false;
      if (error !== null) drop(count, error.message);
      if (lines > 0) writeWaiting();
    });
  }

  process.once('exit', () => {
    const { batch, count } = takeAll();
    try {
      if (count > 0) writeSync(fd, batch);
    } catch (error) {
      drop(count, (error as Error).message);
    }
  });

  return {
    write: (line: string) => {
      if (waiting.length > mostWaiting) return drop(1, 'too many of them wait');
      waiting += line;
      lines += 1;
      if (!writing) writeWaiting();
    },
    /** How many lines were lost so far. */
    dropped: () => dropped,
  };
}

function writeFrom(fd: number, bytes: Buffer, done: (error: Error | null) => void): void {
  write(fd, bytes, (error, written) => {
    // A pipe whose reader is slow.
    if (error?.code === 'EAGAIN') return void setTimeout(() => writeFrom(fd, bytes, done), busyMs);
    if (error !== null || written === bytes.length) return done(error);
    writeFrom(fd, bytes.subarray(written), done);
  });
}

/** Standard error may be on the same disk. */
function say(text: string): void {
  try {
    writeSync(2, text);
  } catch {}
}
