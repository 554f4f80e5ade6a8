import { problemExample, type Responses, ref } from '@shop/service-kit';

interface ProblemType {
  readonly status: number;
  /** When it comes, and what to do then. */
  readonly meaning: string;
  /** Members that this problem has beside those of every problem. */
  readonly members?: object;
}

const problemTypes = {
  'validation-failed': {
    status: 400,
    meaning:
      '`errors` names every field or parameter that is wrong, missing or unknown, all at once. Mend them.',
    members: { errors: [{ field: 'price', message: 'must be a whole number from 0 to 99999999, not -5' }] },
  },
  'malformed-json': { status: 400, meaning: 'The body is no JSON.' },
  'malformed-request': { status: 400, meaning: 'The path or the request itself cannot be read.' },
  'invalid-encoding': { status: 400, meaning: 'The body, a header or the query is not valid UTF-8.' },
  'token-missing': { status: 401, meaning: 'Send `Authorization: Bearer <token>`.' },
  'invalid-token': { status: 401, meaning: 'The token is not one of this shop. Log in again.' },
  'token-expired': { status: 401, meaning: 'Log in again.' },
  'admin-only': { status: 403, meaning: 'The token is not an administrator’s.' },
  'product-not-found': { status: 404, meaning: 'No product has this id, or it was deleted.' },
  'product-changed': {
    status: 412,
    meaning: 'It was changed since it was read. Read it again, look, and repeat. Tells the present numbers.',
    members: { revision: 4, version: 17 },
  },
  'body-too-large': { status: 413, meaning: 'The body has more than 100 kB.' },
  'unsupported-media-type': { status: 415, meaning: 'Send `Content-Type: application/json`, in UTF-8.' },
  'version-required': {
    status: 428,
    meaning: '`stock` was sent without the `version` that it was counted at.',
  },
  'internal-error': { status: 500, meaning: 'A fault of ours. `requestId` finds it in the logs.' },
  'database-unavailable': { status: 503, meaning: 'Try again after `Retry-After` seconds.' },
  overloaded: { status: 503, meaning: 'Too many requests at once. Try again after `Retry-After` seconds.' },
  'product-busy': {
    status: 503,
    meaning: 'Others are changing the product. Try again after `Retry-After` seconds.',
  },
  'keys-unavailable': {
    status: 503,
    meaning: 'Tokens cannot be checked. Try again after `Retry-After` seconds.',
  },
} as const satisfies Record<string, ProblemType>;

type ProblemCode = keyof typeof problemTypes;

/** Whatever an operation does, these may come. */
const always: readonly ProblemCode[] = [
  'malformed-request',
  'invalid-encoding',
  'internal-error',
  'database-unavailable',
  'overloaded',
];
export const ofBodies: readonly ProblemCode[] = [
  'validation-failed',
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
];
export const ofAdmins: readonly ProblemCode[] = [
  'token-missing',
  'invalid-token',
  'token-expired',
  'admin-only',
  'product-busy',
  'keys-unavailable',
];

/** The problems of an operation, by status: these codes and no other, each with what it means. */
export function refusals(...codes: readonly ProblemCode[]): Responses {
  const all = [...new Set([...codes, ...always])];
  const statuses = new Set(all.map((code) => problemTypes[code].status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      refusal(all.filter((code) => problemTypes[code].status === status)),
    ]),
  );
}

function refusal(codes: readonly ProblemCode[]): Responses[string] {
  return {
    description: codes.map((code) => `- \`${code}\`: ${problemTypes[code].meaning}`).join('\n'),
    content: {
      'application/problem+json': {
        schema: { allOf: [ref('Problem'), { properties: { code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
    ...headersOf(codes),
  };
}

function headersOf(codes: readonly ProblemCode[]): { readonly headers?: object } {
  const header = (name: string, description: string, schema: object) => ({
    headers: { [name]: { description, schema } },
  });
  if (codes.includes('token-missing'))
    return header('WWW-Authenticate', '`Bearer`: send an access token.', { type: 'string' });
  if (codes.includes('database-unavailable'))
    return header('Retry-After', 'Seconds to wait before another try.', { type: 'integer', minimum: 0 });
  return {};
}

function exampleOf(code: ProblemCode): object {
  const { status, meaning, members }: ProblemType = problemTypes[code];
  return problemExample({ code, status, detail: meaning, members: { instance: '/products', ...members } });
}
