import type { Row } from './row.ts';
import type { Reply } from './send.ts';

/** What only the inside of a service knows: stacks, statements, and the words of libraries. */
const inside =
  /\bat .+:\d+:\d+|node_modules|\.[cm]?[jt]s\b|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE)\b|relation "|syntax for|in JSON at|Unexpected (token|end)|Expected .* in JSON|\b(prisma|drizzle|postgres|ajv|express(js|-\w+)|stripe\.com|jsonwebtoken|jwt (expired|malformed)|body-parser|bcrypt|ECONN\w+)\b/i;

/**
 * What contradicts the promise of one form for all problems (RFC 9457); empty when nothing does.
 * @param sent what the caller has said itself, which is no secret of the service
 */
export function problemFaults({ status, headers, text }: Reply, path: string, sent = ''): string[] {
  const problem = parse(text);
  if (problem === undefined) return [`no JSON: ${text.slice(0, 200)}`];
  const { code, type, title, status: said, detail, instance, requestId, errors } = problem;
  const own = path.split('?')[0] ?? '';
  const leaked = inside.exec(text)?.[0];
  const checks: readonly (readonly [boolean, string])[] = [
    [
      headers['content-type'] === 'application/problem+json; charset=utf-8',
      `type ${headers['content-type']}`,
    ],
    [headers['cache-control'] === 'no-store', `cache-control ${headers['cache-control']}`],
    [typeof code === 'string' && /^[a-z]+(-[a-z]+)*$/.test(code), `code ${code}`],
    [type === `urn:shop:problem:${code}`, `type ${type}`],
    [typeof title === 'string' && title.length > 0, `title ${title}`],
    [said === status, `status ${said}`],
    [typeof detail === 'string' && detail.length > 0 && detail.length < 5_000, `detail ${detail}`],
    [instance === own, `instance ${instance}`],
    [requestId !== undefined && requestId === headers['x-request-id'], `request id ${requestId}`],
    [(status === 401) === (headers['www-authenticate'] === 'Bearer'), 'www-authenticate'],
    [code !== 'validation-failed' || areErrors(errors), `errors ${JSON.stringify(errors)}`],
    [leaked === undefined || sent.includes(leaked), `words of the inside: ${leaked}`],
  ];
  return checks.filter(([holds]) => !holds).map(([, fault]) => fault);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const areErrors = (errors: unknown) =>
  Array.isArray(errors) &&
  errors.every(({ field, message }) => typeof field === 'string' && typeof message === 'string');

/** What a row promises of its reply, as far as the row says. */
export function promised({ answer, fields, details, allow }: Row) {
  return {
    answer,
    ...(fields && { fields: [...fields].sort() }),
    ...details,
    ...(allow && { allow: [...allow].sort() }),
  };
}

/** The same of what was answered. */
export function answered({ status, headers, text }: Reply, { fields, details = {}, allow }: Row) {
  const problem = parse(text) ?? {};
  const named = (problem['errors'] ?? []) as { field: string }[];
  return {
    answer: `${status} ${problem['code']}`,
    ...(fields && { fields: [...new Set(named.map(({ field }) => field))].sort() }),
    ...Object.fromEntries(Object.keys(details).map((name) => [name, problem[name]])),
    ...(allow && { allow: methods(headers.allow) }),
  };
}

const methods = (header = '') =>
  header
    .split(', ')
    .filter((method) => method !== 'HEAD' && method !== 'OPTIONS')
    .sort();
