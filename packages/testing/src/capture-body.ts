import type { Response } from 'express';

/** Keeps a copy of what is written to a reply; the function gives it. */
export function captureBody(res: Response): () => Buffer {
  const chunks: Buffer[] = [];
  for (const name of ['write', 'end'] as const) {
    const original = res[name].bind(res) as (...args: unknown[]) => unknown;
    const capture = (chunk: unknown, ...rest: unknown[]) => {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      return original(chunk, ...rest);
    };
    Object.assign(res, { [name]: capture });
  }
  return () => Buffer.concat(chunks);
}
