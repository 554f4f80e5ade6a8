import type { ContractDocument } from '@shop/service-kit';
import { listOperations, type Operation } from './contract-operations.ts';

const roles = ['customer', 'admin'] as const;
type Role = (typeof roles)[number];

export type AccessOptions = {
  /** Where the service listens. */
  baseUrl: string;
  /** A valid access token of a caller in that role. */
  token: (role: Role) => string;
};

type Answer = { status: number; code: string | undefined };
type Caller = { name: string; token?: string; expected: string; isAsExpected: (answer: Answer) => boolean };

/**
 * Where a service lets in others than its contract says (`security`, `x-roles`); a test expects it to be empty.
 * Every operation is called with an empty object and with 1 for each path parameter: without a token, with one that is
 * not valid, and in each role. What it does with a caller whom it lets in does not matter here.
 */
export async function accessDifferences(
  document: ContractDocument,
  { baseUrl, token }: AccessOptions,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { method, path, operation } of listOperations(document)) {
    for (const caller of callersOf(operation, token)) {
      const answer = await call(`${baseUrl}${path.replaceAll(/\{\w+\}/g, '1')}`, method, caller.token);
      if (caller.isAsExpected(answer)) continue;
      const { status, code = 'no code' } = answer;
      found.push(
        `${method.toUpperCase()} ${path} ${caller.name}: ${status} ${code}, expected ${caller.expected}`,
      );
    }
  }
  return found;
}

function callersOf(operation: Operation, token: AccessOptions['token']): readonly Caller[] {
  const { security = [], 'x-roles': allowed = roles } = operation;
  const isPublic = security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);
  if (isPublic) return [{ name: 'without a token', ...letIn }];
  return [
    { name: 'without a token', ...refused(401, 'token-missing') },
    { name: 'with a token that is not valid', token: 'not.a.token', ...refused(401, 'invalid-token') },
    ...roles.map((role) => ({
      name: `as ${role}`,
      token: token(role),
      ...(allowed.includes(role) ? letIn : refused(403)),
    })),
  ];
}

const letIn = {
  expected: 'to be let in',
  isAsExpected: ({ status, code }: Answer) =>
    status !== 403 && !['token-missing', 'invalid-token', 'token-expired'].includes(code ?? ''),
};

const refused = (expectedStatus: number, expectedCode?: string) => ({
  expected: [expectedStatus, expectedCode].join(' ').trim(),
  isAsExpected: ({ status, code }: Answer) =>
    status === expectedStatus && (expectedCode === undefined || code === expectedCode),
});

async function call(url: string, method: string, token: string | undefined): Promise<Answer> {
  const hasBody = method !== 'get';
  const response = await fetch(url, {
    method: method.toUpperCase(),
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(hasBody && { 'content-type': 'application/json' }),
    },
    ...(hasBody && { body: '{}' }),
  });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  if (isProblem) {
    const { code } = (await response.json()) as { code: string };
    return { status: response.status, code };
  }
  // Not read to its end: an event stream has none.
  await response.body?.cancel();
  return { status: response.status, code: undefined };
}
