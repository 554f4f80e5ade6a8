import { setTimeout as delay } from 'node:timers/promises';

/** As a body of one product may have. */
export const longestLine = 100 * 1_024;

/** A line that is too long has no bytes. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

const lineFeed = 0x0a;

/** The lines of a text as it comes, of which no more is kept than a line may have. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line, void> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length > longestLine) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const take = (): Line => {
    const bytes = length > longestLine ? undefined : Buffer.concat(parts);
    parts = [];
    length = 0;
    return { number: ++number, bytes };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      yield take();
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

const batchLines = 500;
const batchBytes = 1_024 * 1_024;
/** Those that come so soon after the first are together: a caller may wait for the result of its last line. */
const batchWaitMs = 20;

/** Lines that come at nearly the same time, together. */
export async function* inBatches(lines: AsyncGenerator<Line, void>): AsyncGenerator<readonly Line[], void> {
  let next = lines.next();
  for (;;) {
    const first = await next;
    if (first.done) return;
    const batch = [first.value];
    let bytes = first.value.bytes?.length ?? 0;
    const waited = delay(batchWaitMs, undefined);
    next = lines.next();
    // It is awaited after the batch has been dealt with, by when it may have failed.
    next.catch(() => {});
    while (batch.length < batchLines && bytes < batchBytes) {
      const result = await Promise.race([next, waited]);
      if (result === undefined || result.done) break;
      batch.push(result.value);
      bytes += result.value.bytes?.length ?? 0;
      next = lines.next();
      next.catch(() => {});
    }
    yield batch;
  }
}

/** The same, with the next one under way while one is worked on. */
export async function* oneAhead<T>(source: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  for (let next = source.next(); ; ) {
    const result = await next;
    if (result.done) return;
    next = source.next();
    next.catch(() => {});
    yield result.value;
  }
}
