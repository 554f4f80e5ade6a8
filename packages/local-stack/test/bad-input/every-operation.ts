import { gzipSync } from 'node:zlib';
import { type Case, type Row, refused, type ServiceName } from './row.ts';
import type { Tokens } from './tokens.ts';

const malformed = '400 malformed-json';
const unsupported = '415 unsupported-media-type';
const tooLarge = '413 body-too-large';
const large = `{"a": "${'x'.repeat(101 * 1024)}"}`;

const unreadable: readonly (readonly [name: string, answer: Case[2], more: Case[3]])[] = [
  ['JSON that breaks off', malformed, { raw: '{"a": ' }],
  ['JSON with a comma too many', malformed, { raw: '{"a": 1,}' }],
  ['single quotes', malformed, { raw: "{'a': 1}" }],
  ['a number that JSON does not know', malformed, { raw: '{"a": NaN}' }],
  ['a number in another base', malformed, { raw: '{"a": 0x10}' }],
  ['two documents in one body', malformed, { raw: '{"a": 1}{"b": 2}' }],
  ['a NUL character in a text', malformed, { raw: '{"a": "\u0000"}' }],
  ['half an escape', malformed, { raw: '{"a": "\\u12"}' }],
  ['no JSON at all', malformed, { raw: '<a>1</a>' }],
  ['spaces alone', malformed, { raw: '   ' }],
  ['plain text', unsupported, { raw: '{}', type: 'text/plain' }],
  ['a form', unsupported, { raw: 'a=1', type: 'application/x-www-form-urlencoded' }],
  ['a multipart form', unsupported, { raw: '--x--', type: 'multipart/form-data; boundary=x' }],
  ['XML', unsupported, { raw: '<a/>', type: 'application/xml' }],
  ['no media type', unsupported, { raw: '{}', type: null }],
  ['a media type that only begins like JSON', unsupported, { raw: '{}', type: 'application/jsonp' }],
  ['another encoding of characters', unsupported, { raw: '{}', type: 'application/json; charset=latin1' }],
  ['an unknown compression', unsupported, { raw: '{}', headers: { 'content-encoding': 'sdch' } }],
  ['gzip that nobody says', unsupported, { raw: gzipSync('{}') }],
  ['text that is no UTF-8', '400 invalid-encoding', { raw: Buffer.from('{"a":"\xe9"}', 'latin1') }],
  [
    'a header that is no UTF-8',
    '400 invalid-encoding',
    { raw: '{}', headers: { 'x-request-id': 'caf\xe9' } },
  ],
  ['gzip that is none', '400 malformed-request', { raw: '{}', headers: { 'content-encoding': 'gzip' } }],
  ['brotli that is none', '400 malformed-request', { raw: '{}', headers: { 'content-encoding': 'br' } }],
  ['lists within lists, 40,000 deep', ['body'], { raw: `{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}` }],
  ['objects, 15,000 deep', ['body'], { raw: `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}` }],
  ['101 kB', tooLarge, { raw: large }],
  ['101 kB of no announced length', tooLarge, { raw: large, headers: { 'transfer-encoding': 'chunked' } }],
  ['10 MB in 10 kB', tooLarge, { raw: gzipSync('x'.repeat(1e7)), headers: { 'content-encoding': 'gzip' } }],
];

/** Rows of bodies that cannot be read at all, whatever the operation makes of them. */
export function unreadableBodies(
  service: ServiceName,
  as: keyof Tokens | undefined,
  operation: string,
): Row[] {
  return refused(
    service,
    as,
    unreadable.map(([name, answer, more]) => [`${operation}: ${name}`, operation, answer, more]),
  );
}

const forged: readonly (readonly [name: string, as: keyof Tokens, code?: string])[] = [
  ['a token that has expired', 'expired', 'token-expired'],
  ['a token that is not valid yet', 'notYetValid'],
  ['a token for another audience', 'wrongAudience'],
  ['a token of another issuer', 'wrongIssuer'],
  ['a token that never expires', 'withoutExpiry'],
  ['a token of an unknown role', 'unknownRole'],
  ['a token with a text for an id', 'textAsId'],
  ['a token of nobody', 'withoutId'],
  ['a token of an id that no account can have', 'idOutOfRange'],
  ['alg none', 'algorithmNone'],
  ['HS256 with the public key for a secret', 'hmacWithPublicKey'],
  ['the signature of a foreign key', 'foreignKey'],
  ['a key id that leads elsewhere', 'unknownKeyId'],
  ['a key id that is a member of every object', 'protoKeyId'],
  ['a key that the token brings along', 'ownKeyInHeader'],
  ['no key id', 'withoutKeyId'],
  ['claims that were changed after signing', 'promoted'],
  ['a signature in another format', 'derSignature'],
  ['no signature', 'withoutSignature'],
  ['claims that are not JSON', 'claimsNotJson'],
];

const unlikeTokens: readonly (readonly [name: string, authorization: string, code: string])[] = [
  ['an empty Authorization', '', 'token-missing'],
  ['Bearer and no token', 'Bearer ', 'token-missing'],
  ['another scheme', 'Basic c2hvcDpzaG9w', 'token-missing'],
  ['two tokens', 'Bearer aaa.bbb.ccc ddd.eee.fff', 'token-missing'],
  ['characters that no token has', 'Bearer aaa.bbb.c"c', 'token-missing'],
  ['a token that is none', 'Bearer not-a-token', 'invalid-token'],
  ['a token of 8 kB', `Bearer ${'x'.repeat(8_000)}`, 'invalid-token'],
];

/** Rows of 401: every bad token at one operation. */
export function refusedTokens(service: ServiceName, operation: string, body?: object): Row[] {
  const request = body === undefined ? {} : { body };
  return refused(service, undefined, [
    ...forged.map(
      ([what, as, code = 'invalid-token']): Case => [
        `${operation} with ${what}`,
        operation,
        `401 ${code}`,
        { ...request, as },
      ],
    ),
    ...unlikeTokens.map(
      ([what, authorization, code]): Case => [
        `${operation} with ${what}`,
        operation,
        `401 ${code}`,
        { ...request, headers: { authorization } },
      ],
    ),
    [
      `${operation} with the token in the query`,
      ({ tokens }) => `${operation}?access_token=${tokens.admin}`,
      '401 token-missing',
      request,
    ],
  ]);
}

const same =
  (answer: string, what: string) =>
  (service: ServiceName, operations: readonly string[], as?: keyof Tokens): Row[] =>
    refused(
      service,
      as,
      operations.map((operation) => [`${operation}: ${what}`, operation, answer]),
    );

/** Rows of operations that are nobody's without a token. */
export const withoutToken = same('401 token-missing', 'no token');

/** Rows of paths that do not exist. */
export const unknownRoutes = same('404 route-not-found', 'no such path');

/** Rows of paths that cannot be decoded. */
export const unreadablePaths = same('400 malformed-request', 'unreadable');

/** Rows of paths that are no text when they are decoded. */
export const pathsBeyondUtf8 = same('400 invalid-encoding', 'no UTF-8');

/** Rows of 405 at paths that exist, and the methods that they have; `as` somebody who may use them. */
export function wrongMethods(
  service: ServiceName,
  operations: Readonly<Record<string, readonly string[]>>,
  as?: keyof Tokens,
): Row[] {
  return refused(
    service,
    as,
    Object.entries(operations).map(([operation, allow]) => [
      `${operation}: another method is meant`,
      operation,
      '405 method-not-allowed',
      { allow },
    ]),
  );
}
