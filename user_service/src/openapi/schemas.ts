import { fields, roles } from '@shop/contracts';
import {
  maxEmail,
  maxPasswordBytes,
  maxUsername,
  minPasswordBytes,
  unseen,
} from '../domain/account-rules.ts';

const email = {
  type: 'string',
  description: 'Compared, kept and shown in lower case. No spaces, nothing invisible, exactly one `@`.',
  maxLength: maxEmail,
  pattern: '^[^\\s\\p{C}@\\u0130]+@[^\\s\\p{C}@\\u0130]+$',
  examples: ['ada@mail.test'],
};

/**
 * JSON Schema counts characters and bcrypt counts bytes of UTF-8: `x-utf8-bytes` says what counts, and the standard
 * keywords refuse what is wrong however it is counted.
 */
function password(minBytes: number, description: string) {
  return {
    type: 'string',
    format: 'password',
    description: `${minBytes} to ${maxPasswordBytes} bytes in UTF-8, without NUL. ${description}`,
    minLength: Math.ceil(minBytes / 4),
    maxLength: maxPasswordBytes,
    pattern: '^[^\\u0000]*$',
    'x-utf8-bytes': { minimum: minBytes, maximum: maxPasswordBytes },
    examples: ['correct horse'],
  };
}

const plain = `[^${unseen}]`;
const edge = `[^\\s${unseen}]`;
const username = {
  type: 'string',
  description:
    `1 to ${maxUsername} characters of any script that a reader can see, and spaces between them: none that controls, ` +
    'formats, joins or turns around the text (so no emoji that are joined of several), is private or unassigned. Spaces around ' +
    'it are taken off.',
  pattern: `^\\s*${edge}(?:${plain}{0,${maxUsername - 2}}${edge})?\\s*$`,
  examples: ['Ada Byron'],
};

const role = { type: 'string', enum: roles, description: 'Whoever registers is a customer.' };

const message = { type: 'string', description: 'For people; do not branch on it.' };

const user = {
  type: 'object',
  properties: {
    id: { ...fields.id, examples: [42] },
    username: { type: 'string', examples: ['Ada Byron'] },
    email: { type: 'string', examples: ['ada@mail.test'] },
    role,
    createdAt: { type: 'string', format: 'date-time', description: 'RFC 3339, UTC.' },
  },
  required: ['id', 'username', 'email', 'role', 'createdAt'],
  additionalProperties: false,
};

const claims = {
  type: 'object',
  description: 'What an access token says (RFC 7519).',
  properties: {
    id: { ...fields.id, description: 'The user: `customerId` in orders.' },
    email: { type: 'string' },
    role,
    iat: { type: 'integer', description: 'Issued at, in seconds since 1970.' },
    exp: { type: 'integer', description: 'Valid until, in seconds since 1970: log in again before.' },
    iss: { type: 'string' },
    aud: { type: 'string' },
  },
  required: ['id', 'email', 'role', 'iat', 'exp', 'iss', 'aud'],
};

const jwk = {
  type: 'object',
  properties: {
    kty: { type: 'string', const: 'EC' },
    crv: { type: 'string', const: 'P-256' },
    x: { type: 'string' },
    y: { type: 'string' },
    kid: { type: 'string', description: 'The RFC 7638 thumbprint; the `kid` of a token names its key.' },
    use: { type: 'string', const: 'sig' },
    alg: { type: 'string', const: 'ES256' },
  },
  required: ['kty', 'crv', 'x', 'y', 'kid', 'use', 'alg'],
  additionalProperties: false,
};

export const schemas = {
  Registration: {
    type: 'object',
    description: 'Further members are ignored: a `role`, say, has no effect.',
    properties: {
      username,
      email,
      password: password(minPasswordBytes, 'Longer ones are refused rather than cut off.'),
    },
    required: ['username', 'email', 'password'],
  },
  Registered: {
    type: 'object',
    properties: { message, user: { $ref: '#/components/schemas/User' } },
    required: ['message', 'user'],
    additionalProperties: false,
  },
  User: user,
  Credentials: {
    type: 'object',
    properties: { email, password: password(1, 'A short one is merely wrong.') },
    required: ['email', 'password'],
  },
  LoggedIn: {
    type: 'object',
    properties: {
      message,
      token: { type: 'string', description: 'The access token: a JWT, ES256.' },
      expiresIn: { type: 'integer', description: 'Seconds for which it is valid.', examples: [900] },
    },
    required: ['message', 'token', 'expiresIn'],
    additionalProperties: false,
  },
  Claims: claims,
  KeySet: {
    type: 'object',
    description: 'A JSON Web Key Set (RFC 7517).',
    properties: { keys: { type: 'array', items: jwk, minItems: 1 } },
    required: ['keys'],
    additionalProperties: false,
  },
};
