import { defineProblems } from './define-problems.ts';

/*
 * Every code that the kit itself answers with. A service adds its own, and those of the kit that it can answer with,
 * in its src/problems.ts; their descriptions for callers are in packages/contracts/openapi/shared.yaml.
 */

/** What any request to any service can have. */
export const requestProblems = {
  'validation-failed': {
    status: 400,
    detail: 'The request breaks a rule.',
  },
  'malformed-json': {
    status: 400,
    detail: 'The body is not valid JSON.',
  },
  'malformed-request': {
    status: 400,
    detail: 'The request could not be understood.',
  },
  'invalid-encoding': {
    status: 400,
    detail: 'The body, a header, the path or the query is not valid UTF-8.',
  },
  'host-missing': {
    status: 400,
    detail: 'A request of HTTP/1.1 must have the header Host.',
  },
  'invalid-characters': {
    status: 400,
    detail: 'A text has characters that cannot be stored, such as NUL.',
  },
  'route-not-found': {
    status: 404,
    detail: 'There is nothing at this path.',
  },
  'method-not-allowed': {
    status: 405,
    detail: 'This path does not take this method. The header Allow lists those that it takes.',
  },
  'request-timeout': {
    status: 408,
    detail: 'The request was not complete in time.',
  },
  'body-too-large': {
    status: 413,
    detail: 'The body is larger than this service takes.',
  },
  'chunk-extensions-too-large': {
    status: 413,
    // The limit is Node's own, and has no setting.
    detail: 'The extensions of the chunks of a body must be at most 16384 bytes together.',
  },
  'unsupported-media-type': {
    status: 415,
    detail: 'The body must be JSON in UTF-8.',
  },
  'expectation-failed': {
    status: 417,
    detail: 'The header Expect must be 100-continue.',
  },
  'scope-missing': {
    status: 403,
    detail: 'The API key may not do this.',
  },
  'too-many-requests': {
    status: 429,
    detail: 'Too many requests. Try again later.',
  },
  'headers-too-large': {
    status: 431,
    detail: 'The request line and the headers are too large.',
  },
  'internal-error': {
    status: 500,
    detail: 'Something went wrong on our side. The request id finds it in our logs.',
  },
  overloaded: {
    status: 503,
    detail: 'Too many requests are being answered. Try again in a moment.',
    retryAfter: 1,
  },
} as const;

/** Of routes that ask for an access token. */
export const tokenProblems = {
  'token-missing': {
    status: 401,
    detail: 'Send the token as "Authorization: Bearer <token>".',
  },
  'invalid-token': {
    status: 401,
    detail: 'The token is not valid.',
  },
  'token-expired': {
    status: 401,
    detail: 'The token has expired. Log in again.',
  },
} as const;

/** Of routes behind `requireAdmin`. */
export const adminProblems = {
  'admin-only': {
    status: 403,
    detail: 'Only an administrator may do this.',
  },
} as const;

/** Of services that fetch the public keys: all but user_service, which has them. */
export const keyProblems = {
  'keys-unavailable': {
    status: 503,
    detail: 'Tokens cannot be checked right now.',
    retryAfter: 1,
  },
} as const;

/** Of what sends a change on to something that may not answer: a database, a service. */
export const outcomeProblems = {
  'outcome-unknown': {
    status: 504,
    detail: 'Nobody knows whether this was done, as the answer was lost. Look before you ask for it again.',
  },
} as const;

/** Of services that have a database. */
export const databaseProblems = {
  ...outcomeProblems,
  'database-unavailable': {
    status: 503,
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
