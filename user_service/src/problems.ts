import { databaseProblems, defineProblems, requestProblems, tokenProblems } from '@shop/service-kit';

/** All problems that this service answers with; `openapi.yaml` says what a caller does about each. */
export const { problems, problem } = defineProblems({
  ...requestProblems,
  ...tokenProblems,
  ...databaseProblems,
  'invalid-credentials': {
    status: 401,
    detail: 'The email or the password is wrong.',
  },
  'email-taken': {
    status: 409,
    detail: 'There is an account with this email already.',
  },
  'too-many-attempts': {
    status: 429,
    detail: 'Too many attempts. Try again later.',
  },
  busy: {
    status: 503,
    detail: 'Too many logins at this moment. Try again in a moment.',
    retryAfter: 2,
  },
});
