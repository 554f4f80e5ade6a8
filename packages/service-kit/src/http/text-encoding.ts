import { isUtf8 } from 'node:buffer';
import type { RequestHandler } from 'express';
import { problem } from '../problems/problems.ts';

/**
 * Refuses text that is not UTF-8 in headers, path and query. Decoded, many of such bytes become the same
 * U+FFFD, so that what differs becomes equal; see {@link requireUtf8} for bodies.
 */
export const requireUtf8Request: RequestHandler = (req, _res, next) => {
  // Node gives each byte of a header as one character.
  for (let index = 1; index < req.rawHeaders.length; index += 2) {
    const value = req.rawHeaders[index] ?? '';
    if (notAscii.test(value))
      requireUtf8(Buffer.from(value, 'latin1'), `The header ${req.rawHeaders[index - 1]}`);
  }
  if (encodedBytes.test(req.url)) {
    const [path = '', ...query] = req.url.split('?');
    requireUtf8(percentDecoded(path), 'The path');
    requireUtf8(percentDecoded(query.join('?')), 'The query');
  }
  next();
};

/**
 * For bytes that become text.
 * @param what they are, for the caller: `The body`
 * @throws Problem `invalid-encoding`
 */
export function requireUtf8(bytes: Buffer, what: string): void {
  if (!isUtf8(bytes)) throw problem('invalid-encoding', { detail: `${what} is not valid UTF-8.` });
}

/**
 * For the body of a form (`application/x-www-form-urlencoded`).
 * @throws Problem `invalid-encoding`
 */
export function requireUtf8Form(body: Buffer): void {
  requireUtf8(percentDecoded(body.toString('latin1')), 'The body');
}

const notAscii = /[\x80-\xff]/;
/** Node refuses addresses that hold other than ASCII. */
const encodedBytes = /%[89a-f]/i;

const percentDecoded = (text: string) =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
