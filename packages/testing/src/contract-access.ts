import type { ContractDocument } from '@shop/service-kit';
import { listOperations, type Operation } from './contract-operations.ts';

const roles = ['guest', 'customer', 'admin'] as const;
type Role = (typeof roles)[number];

type AccessOptions = {
  /** Where the service listens. */
  baseUrl: string;
  /** A valid access token of a caller in that role. */
  token: (role: Role) => string;
};

/**
 * Where a service lets in others than its contract says (`security`, `x-roles`); a test expects it to be empty.
 * Every operation is called with an empty object and with 1 for each path parameter: without a token, with one that is
 * not valid, and in each role; what asks for another token than a user's lets in none of them. What it does with a caller whom it lets in does not matter here.
 */
export async function accessDifferences(
  document: ContractDocument,
  { baseUrl, token }: AccessOptions,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { method, path, operation } of listOperations(document)) {
    for (const caller of callersOf(operation, token)) {
      const answer = await call(`${baseUrl}${path.replaceAll(/\{\w+\}/g, '1')}`, method, caller.token);
      const isLetIn = !/^403 | (token-missing|invalid-token|token-expired)$/.test(answer);
      const { name, expected } = caller;
      if (expected === letIn ? isLetIn : answer.startsWith(expected)) continue;
      found.push(`${method.toUpperCase()} ${path} ${name}: ${answer}, expected ${expected}`);
    }
  }
  return found;
}

const letIn = 'to be let in';

function callersOf(operation: Operation, token: AccessOptions['token']) {
  const { security = [], 'x-roles': allowed = roles } = operation;
  const isPublic = security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);
  if (isPublic) return [{ name: 'without a token', token: undefined, expected: letIn }];
  const isForUsers = security.some((scheme) => 'bearer' in scheme);
  const expectedOf = (role: Role) => {
    if (!isForUsers) return '401 invalid-token';
    return allowed.includes(role) ? letIn : '403';
  };
  return [
    { name: 'without a token', token: undefined, expected: '401 token-missing' },
    { name: 'with a token that is not valid', token: 'not.a.token', expected: '401 invalid-token' },
    ...roles.map((role) => ({
      name: `as ${role}`,
      token: token(role),
      expected: expectedOf(role),
    })),
  ];
}

/** @returns the status and the code of the problem. */
async function call(url: string, method: string, token: string | undefined): Promise<string> {
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
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    const { code } = (await response.json()) as { code: string };
    return `${response.status} ${code}`;
  }
  // Not read to its end: an event stream has none.
  await response.body?.cancel();
  return `${response.status} no code`;
}
