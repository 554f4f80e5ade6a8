import { problemExample, type Responses, ref } from '@shop/service-kit';
import { type ProblemCode, type ProblemType, problemTypes } from '../schemas/problems.ts';

const typeOf = (code: ProblemCode): ProblemType => problemTypes[code];

/** What every operation behind a token may answer. */
const always = [
  ...(['token-missing', 'invalid-token', 'token-expired'] as const),
  ...(['internal-error', 'database-unavailable', 'keys-unavailable', 'malformed-request'] as const),
  ...(['invalid-encoding', 'overloaded'] as const),
] as const;

/** What every operation with a body may answer. */
export const ofBodies = [
  'validation-failed',
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
] as const;

/**
 * The problems of an operation, by status. Each code has its own schema, so that the document promises no other
 * code, and of each code the members that it carries.
 */
export function refusals(...codes: readonly ProblemCode[]): Responses {
  const all = [...new Set([...codes, ...always])];
  const statuses = [...new Set(all.map((code) => typeOf(code).status))].sort();
  return Object.fromEntries(
    statuses.map((status) => [status, refusal(all.filter((code) => typeOf(code).status === status))]),
  );
}

function refusal(codes: readonly ProblemCode[]): Responses[string] {
  const schemas = codes.map((code) => ref(schemaName(code)));
  const [first = {}] = schemas;
  return {
    description: codes.map((code) => `- \`${code}\`: ${typeOf(code).meaning}`).join('\n'),
    content: {
      'application/problem+json': {
        schema: schemas.length > 1 ? { oneOf: schemas } : first,
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
    ...headersOf(codes),
  };
}

function headersOf(codes: readonly ProblemCode[]): { readonly headers?: object } {
  if (codes.includes('token-missing')) {
    return { headers: { 'WWW-Authenticate': { description: '`Bearer`.', schema: { type: 'string' } } } };
  }
  if (!codes.some((code) => typeOf(code).retryAfter)) return {};
  const description = 'Seconds to wait before another try.';
  return { headers: { 'Retry-After': { description, schema: { type: 'integer', minimum: 0 } } } };
}

/** One schema per code: the members of every problem (RFC 9457), this code, and what it carries. */
export const problemSchemas: Readonly<Record<string, object>> = Object.fromEntries(
  (Object.keys(problemTypes) as ProblemCode[]).map((code) => [schemaName(code), problemSchema(code)]),
);

function problemSchema(code: ProblemCode): object {
  const { status, meaning, members = {}, optional = [] } = typeOf(code);
  const properties = { code: { const: code }, status: { const: status }, ...members };
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { description: meaning, allOf: [ref('Problem'), { type: 'object', properties, required }] };
}

/** `price-changed` → `PriceChangedProblem`. */
function schemaName(code: string): string {
  const words = code.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Problem`;
}

function exampleOf(code: ProblemCode): object {
  const { status, meaning, example = {} } = typeOf(code);
  const [detail = meaning] = meaning.split(/(?<=\.) /);
  return problemExample({ code, status, detail, members: example });
}
