import { maxHeaderSize, STATUS_CODES } from 'node:http';
import { problem } from '../problems/problems.ts';

export interface TimeLimits {
  /** For the request line and the headers, in milliseconds. */
  readonly headersTimeout: number;
  /** For the whole request, in milliseconds. */
  readonly requestTimeout: number;
}

/** As Node's parser gives it: `reason` is one of its own sentences, and repeats nothing of the request. */
type ClientError = NodeJS.ErrnoException & { readonly reason?: string };

/**
 * The bytes of the reply to a request that Node's parser refuses, so that no app ever sees it: a problem document
 * without `instance` and `requestId`, for which the request would have to be read. Nothing for what is no request
 * at all, such as a broken connection.
 */
export function replyToRefused(error: ClientError, limits: TimeLimits): string | undefined {
  const refusal = refusalFor(error, limits);
  if (refusal === undefined) return undefined;
  const { status } = refusal;
  const body = JSON.stringify(refusal);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `Date: ${new Date().toUTCString()}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function refusalFor({ code = '', reason }: ClientError, { headersTimeout, requestTimeout }: TimeLimits) {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problem('request-timeout', {
      detail:
        `The request did not come in time: its headers must be here within ${headersTimeout / 1_000} s, ` +
        `all of it within ${requestTimeout / 1_000} s.`,
    });
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return problem('headers-too-large', {
      detail: `The request line and the headers must be less than ${maxHeaderSize} bytes together.`,
    });
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return problem('chunk-extensions-too-large');
  if (!code.startsWith('HPE_')) return undefined;
  return problem('malformed-request', {
    detail: `The request is not well-formed HTTP: ${reason ?? 'it cannot be parsed'}.`,
  });
}
