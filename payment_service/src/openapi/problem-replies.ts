import { ref } from '@shop/service-kit';

interface ProblemReply {
  readonly status: number;
  readonly title: string;
  /** Code → when it comes, and what to do then. */
  readonly codes: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the example. */
  readonly members?: object;
}

/** The reply for the problems of one status: no other codes, every one of them explained, the first one shown. */
export function problemReply({ status, title, codes, headers = {}, members }: ProblemReply) {
  const rows = Object.entries(codes).map(([code, meaning]) => `- \`${code}\`: ${meaning}`);
  const [code = ''] = Object.keys(codes);
  const schema = { allOf: [ref('Problem'), { properties: { code: { enum: Object.keys(codes) } } }] };
  const example = {
    type: `urn:shop:problem:${code}`,
    title: code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' '),
    status,
    detail: title,
    instance: '/path/of/the/request',
    code,
    requestId: '7f9c24e8-3b1d-4a5e-9c0d-2f6a8b7e1c34',
    ...members,
  };
  return {
    [status]: {
      description: [`${title}.`, '', ...rows].join('\n'),
      headers: Object.fromEntries(Object.entries(headers).map(described)),
      content: { 'application/problem+json': { schema, examples: { [code]: { value: example } } } },
    },
  };
}

const described = ([name, description]: [string, string]) => [
  name,
  { description, schema: { type: 'string' } },
];

export const retryAfter = { 'Retry-After': 'Seconds to wait before the next try.' };
