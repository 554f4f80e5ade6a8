import { type Paths, problemReply, ref, withToken } from '@shop/service-kit';

/** The three routes of an account, at `/` or at `/auth`. */
export function accountPaths(at: '' | '/auth'): Paths {
  const id = (name: string) => (at === '' ? name : `auth${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  const tags = [at === '' ? 'Accounts' : 'Accounts at /auth'];
  return {
    [`${at}/register`]: { post: { operationId: id('register'), tags, ...register } },
    [`${at}/login`]: { post: { operationId: id('login'), tags, ...login } },
    [`${at}/validate`]: { get: { operationId: id('validate'), tags, ...validate } },
  };
}

const noStore = {
  'Cache-Control': {
    description: 'What is answered is for the caller alone.',
    schema: { type: 'string', const: 'no-store' },
  },
};

const json = (schema: object, value: object) => ({
  'application/json': { schema, examples: { example: { value } } },
});

const invalid = problemReply({
  status: 400,
  title: 'The body breaks rules',
  codes: {
    'validation-failed': '`errors` names every field that is wrong, all at once: show each beside its input.',
    'malformed-json': 'the body is not JSON. A bug of the caller.',
    'malformed-request': 'the request could not be understood. A bug of the caller.',
    'invalid-encoding': 'the body, a header or the query is not valid UTF-8. A bug of the caller.',
  },
  members: { errors: [{ field: 'email', message: 'must be an email address such as name@example.com' }] },
});

const tooMany = problemReply({
  status: 429,
  title: 'Too many attempts',
  codes: { 'too-many-attempts': 'wait for `Retry-After`, and say so to the customer.' },
});

const away = problemReply({
  status: 503,
  title: 'Not now',
  codes: {
    busy: 'too many passwords are being checked at this moment. Try again after `Retry-After`.',
    overloaded: 'too many requests are being answered. Try again after `Retry-After`.',
    'database-unavailable': 'the accounts cannot be reached. Try again after `Retry-After`.',
  },
});

const userExample = {
  id: 42,
  username: 'Ada Byron',
  email: 'ada@mail.test',
  role: 'customer',
  createdAt: '2026-01-31T12:00:00.000Z',
};

const register = {
  summary: 'Make an account.',
  description:
    'Makes a customer. It does not log in: send the same email and password to `login` next. Sent again after a ' +
    'lost reply it answers 409 `email-taken`; the log-in then works. 30 registrations an hour from one address.',
  requestBody: {
    required: true,
    content: json(ref('Registration'), {
      username: 'Ada Byron',
      email: 'ada@mail.test',
      password: 'correct horse',
    }),
  },
  responses: {
    201: {
      description: 'The account is made.',
      headers: noStore,
      content: json(ref('Registered'), { message: 'The account is made.', user: userExample }),
    },
    ...invalid,
    ...problemReply({
      status: 409,
      title: 'There is such an account already',
      codes: { 'email-taken': 'somebody has registered this email, in whatever case. Offer the log-in.' },
    }),
    ...tooMany,
    ...away,
  },
};

const login = {
  summary: 'Log in.',
  description:
    'Gives an access token for 15 minutes. Keep it in memory and send it as `Authorization: Bearer <token>`. ' +
    'There is no refresh token yet: after `expiresIn` seconds log in again. An unknown email is answered as a wrong ' +
    'password is, and as slowly.\n\n' +
    'Limits: 100 log-ins in 15 minutes from one address; 10 wrong passwords in 15 minutes for one account from one ' +
    'address; 100 wrong passwords an hour for one account from anywhere. A right password starts the second anew. ' +
    'An address is an IPv4 address or an IPv6 /64.',
  requestBody: {
    required: true,
    content: json(ref('Credentials'), { email: 'ada@mail.test', password: 'correct horse' }),
  },
  responses: {
    200: {
      description: 'Logged in.',
      headers: noStore,
      content: json(ref('LoggedIn'), {
        message: 'You are logged in.',
        token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Ii4uLiJ9.eyJpZCI6NDJ9.c2lnbmF0dXJl',
        expiresIn: 900,
      }),
    },
    ...invalid,
    ...problemReply({
      status: 401,
      title: 'Not logged in',
      codes: { 'invalid-credentials': 'the email or the password is wrong; never told which.' },
      headers: { 'WWW-Authenticate': '`Bearer`' },
    }),
    ...tooMany,
    ...away,
  },
};

const validate = {
  summary: 'Who is logged in?',
  description:
    'The claims of the token in the `Authorization` header, if it is valid. A page can ask this when it opens; ' +
    'services verify tokens themselves, with the key set.',
  security: withToken,
  responses: {
    200: {
      description: 'The token is valid until `exp`.',
      headers: noStore,
      content: json(ref('Claims'), {
        id: 42,
        email: 'ada@mail.test',
        role: 'customer',
        iat: 1769860800,
        exp: 1769861700,
        iss: 'shop',
        aud: 'shop',
      }),
    },
    ...problemReply({
      status: 401,
      title: 'Not logged in',
      codes: {
        'token-missing': 'there is no `Authorization: Bearer` header.',
        'invalid-token': 'it is none of ours, or was changed. Log in again.',
        'token-expired': 'its 15 minutes are over. Log in again.',
      },
    }),
  },
};
