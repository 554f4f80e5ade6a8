import { problemMembers } from '../problems/problem-members.ts';
import type { Responses } from './openapi-document.ts';

/** A schema among the document's components. */
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A request body of one JSON schema. */
export const jsonBody = (schema: object, required = true) => ({
  required,
  content: { 'application/json': { schema } },
});

/** A reply of one JSON schema, with the headers that matter to a caller, by name. */
export function reply(description: string, schema: object, headers: readonly string[] = []) {
  return { description, content: { 'application/json': { schema } }, ...withHeaders(headers) };
}

/** Replies for the problems that an operation answers: status → the codes that it may have. */
export function problems(codes: Readonly<Record<number, readonly string[]>>): Responses {
  return Object.fromEntries(
    Object.entries(codes).map(([status, names]) => [
      status,
      {
        description: names.map((name) => `\`${name}\``).join(', '),
        content: { 'application/problem+json': { schema: ref('Problem') } },
        ...withHeaders(problemHeaders[Number(status)] ?? []),
      },
    ]),
  );
}

export interface ProblemReply {
  readonly status: number;
  /** What they have in common, as a sentence without its full stop. */
  readonly title: string;
  /** Code → when it comes, and what to do then. */
  readonly codes: Readonly<Record<string, string>>;
  /** Header → what it says; besides those that problems of this status have, or instead of their descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the example. */
  readonly members?: object;
}

/**
 * The reply for the problems of one status: its schema allows these codes and no other, its description explains
 * every one of them, and its example shows the first. `WWW-Authenticate` (401) and `Retry-After` (429, 503) are
 * described unless `headers` does.
 */
export function problemReply({ status, title, codes, headers = {}, members = {} }: ProblemReply): Responses {
  const names = Object.keys(codes);
  const [code = ''] = names;
  const rows = Object.entries(codes).map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  return {
    [status]: {
      description: [`${title}.`, '', ...rows].join('\n'),
      ...withHeaders([...(problemHeaders[status] ?? []), ...Object.keys(headers)], headers),
      content: {
        'application/problem+json': {
          schema: { allOf: [ref('Problem'), { properties: { code: { enum: names } } }] },
          examples: { [code]: { value: problemExample({ code, status, detail: title, members }) } },
        },
      },
    },
  };
}

export interface ProblemExample {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Further members, or others than the example would have. */
  readonly members?: object;
}

/** A whole problem document, as an example in an OpenAPI document. */
export const problemExample = ({ code, status, detail, members }: ProblemExample): object => ({
  ...problemMembers(code, status, detail),
  instance: '/path/of/the/request',
  code,
  requestId: '7f9c24e8-3b1d-4a5e-9c0d-2f6a8b7e1c34',
  ...members,
});

const problemHeaders: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

const headerDescriptions: Readonly<Record<string, string>> = {
  ETag: 'What this state is known by: send it as `If-Match` to change just that, as `If-None-Match` to ask for news.',
  Location: 'Where to find what was made.',
  'Retry-After': 'Seconds to wait before another try.',
  'WWW-Authenticate': '`Bearer`: send an access token.',
};

function withHeaders(names: readonly string[], descriptions: Readonly<Record<string, string>> = {}) {
  const described = names.map((name) => {
    const description = descriptions[name] ?? headerDescriptions[name];
    const schema = { type: 'string' as const };
    return [name, description === undefined ? { schema } : { description, schema }];
  });
  return names.length === 0 ? {} : { headers: Object.fromEntries(described) as object };
}
