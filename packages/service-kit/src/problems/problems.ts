import { defineProblems } from './define-problems.ts';

/** The `type` of a problem document is this and its code (RFC 9457, section 3.1.1). */
export const problemTypeBase = 'urn:shop:problem:';

/*
 * Every code that the kit itself answers with. A service adds its own, and those of the kit that it can answer with,
 * in its src/problems.ts; their descriptions for callers are in packages/contracts/openapi/shared.yaml.
 */

/** What any request to any service can have. */
export const requestProblems = {
  'validation-failed': {
    status: 400,
    title: 'Validation failed',
    detail: 'The request breaks a rule.',
  },
  'malformed-json': {
    status: 400,
    title: 'Malformed json',
    detail: 'The body is not valid JSON.',
  },
  'malformed-request': {
    status: 400,
    title: 'Malformed request',
    detail: 'The request could not be understood.',
  },
  'invalid-encoding': {
    status: 400,
    title: 'Invalid encoding',
    detail: 'The body, a header or the query is not valid UTF-8.',
  },
  'host-missing': {
    status: 400,
    title: 'Host missing',
    detail: 'A request of HTTP/1.1 must have the header Host.',
  },
  'invalid-characters': {
    status: 400,
    title: 'Invalid characters',
    detail: 'A text has characters that cannot be stored, such as NUL.',
  },
  'route-not-found': {
    status: 404,
    title: 'Route not found',
    detail: 'There is nothing at this path.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not take this method. The header Allow lists those that it takes.',
  },
  'request-timeout': {
    status: 408,
    title: 'Request timeout',
    detail: 'The request was not complete in time.',
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than this service takes.',
  },
  'chunk-extensions-too-large': {
    status: 413,
    title: 'Chunk extensions too large',
    // The limit is Node's own, and has no setting.
    detail: 'The extensions of the chunks of a body must be at most 16384 bytes together.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be JSON in UTF-8.',
  },
  'expectation-failed': {
    status: 417,
    title: 'Expectation failed',
    detail: 'The header Expect must be 100-continue.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    detail: 'The request line and the headers are too large.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on our side. The request id finds it in our logs.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'Too many requests are being answered. Try again in a moment.',
    retryAfter: 1,
  },
} as const;

/** Of routes that ask for an access token. */
export const tokenProblems = {
  'token-missing': {
    status: 401,
    title: 'Token missing',
    detail: 'Send the token as "Authorization: Bearer <token>".',
  },
  'invalid-token': {
    status: 401,
    title: 'Invalid token',
    detail: 'The token is not valid.',
  },
  'token-expired': {
    status: 401,
    title: 'Token expired',
    detail: 'The token has expired. Log in again.',
  },
} as const;

/** Of routes behind `requireAdmin`. */
export const adminProblems = {
  'admin-only': {
    status: 403,
    title: 'Admin only',
    detail: 'Only an administrator may do this.',
  },
} as const;

/** Of services that fetch the public keys: all but user_service, which has them. */
export const keyProblems = {
  'keys-unavailable': {
    status: 503,
    title: 'Keys unavailable',
    detail: 'Tokens cannot be checked right now.',
    retryAfter: 1,
  },
} as const;

/** Of services that have a database. */
export const databaseProblems = {
  'database-unavailable': {
    status: 503,
    title: 'Database unavailable',
    detail: 'The data cannot be reached right now. Try again in a moment.',
    retryAfter: 1,
  },
} as const;

/** For the kit's own modules. */
export const { problem } = defineProblems({
  ...requestProblems,
  ...tokenProblems,
  ...adminProblems,
  ...keyProblems,
  ...databaseProblems,
});
