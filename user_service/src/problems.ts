import {
  adminProblems,
  databaseProblems,
  defineProblems,
  requestProblems,
  tokenProblems,
} from '@shop/service-kit';

/** All problems that this service answers with; `openapi.yaml` says what a caller does about each. */
export const { problems, problem } = defineProblems({
  ...requestProblems,
  ...tokenProblems,
  ...adminProblems,
  ...databaseProblems,
  'invalid-credentials': {
    status: 401,
    detail: 'The email or the password is wrong.',
  },
  'second-factor-required': {
    status: 401,
    detail: 'The password is right. Send a code of the authenticator app, or a recovery code, too.',
  },
  'invalid-second-factor': {
    status: 401,
    detail: 'The code is wrong, was used already or is too old.',
  },
  'second-factor-exists': {
    status: 409,
    detail: 'This account has a second factor already. Remove it first.',
  },
  'second-factor-not-found': {
    status: 404,
    detail: 'This account has no second factor.',
  },
  'invalid-refresh-token': {
    status: 401,
    detail: 'The session has ended. Log in again.',
  },
  'session-not-found': {
    status: 404,
    detail: 'You have no such session.',
  },
  'email-taken': {
    status: 409,
    detail: 'There is an account with this email already.',
  },
  'account-required': {
    status: 403,
    detail: 'Only a user with an account may do this. Register first.',
  },
  'address-not-found': {
    status: 404,
    detail: 'You have no such address.',
  },
  'addresses-full': {
    status: 409,
    detail: 'You have as many addresses as can be kept. Delete one.',
  },
  'api-key-not-found': {
    status: 404,
    detail: 'There is no such API key.',
  },
  'api-keys-full': {
    status: 409,
    detail: 'There are as many API keys as there may be. Delete one.',
  },
  'orders-open': {
    status: 409,
    detail:
      'You have orders that are not paid or not shipped yet. Cancel them, or wait until they have arrived.',
  },
  'order-service-unavailable': {
    status: 503,
    detail: 'Your orders cannot be reached right now. Try again in a moment.',
    retryAfter: 2,
  },
  'link-expired': {
    status: 409,
    detail:
      'The link has expired, has been used, or was sent to an email that the account no longer has. Ask for another.',
  },
  'mail-not-set-up': {
    status: 501,
    detail: 'This shop sends no mails. Write to it.',
  },
  'guest-registered': {
    status: 409,
    detail: 'This guest has an account already. Log in.',
  },
  'too-many-attempts': {
    status: 429,
    detail: 'Too many attempts. Try again later.',
  },
  busy: {
    status: 503,
    detail: 'Too many logins at this moment. Try again in a moment.',
    retryAfter: 2,
    nothingDone: true,
  },
});
