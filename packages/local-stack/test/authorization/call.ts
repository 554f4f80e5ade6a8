import { Agent, request } from 'undici';
import type { ServiceName } from '../bad-input/row.ts';
import type { Row } from './rows.ts';
import type { Caller } from './rules.ts';
import type { World } from './world.ts';

/** The path of a row's operation, with all that belongs to the customer. */
export function pathOf([operation]: Row, { parameters, ids }: World): string {
  const [, path = ''] = operation.split(' ');
  const segments = path.split('/').map((segment, index, all) =>
    segment.replace(/\{(\w+)\}/, (_match, name: string) => {
      const value = name === 'id' ? ids[all[index - 1] ?? ''] : parameters[name];
      if (value === undefined) throw new Error(`The world has nothing for ${operation}.`);
      return value;
    }),
  );
  return segments.join('/');
}

const agent = new Agent();

export const closeConnections = () => agent.destroy();

const tokenCodes = new Set(['token-missing', 'invalid-token', 'token-expired']);

/** What a caller gets: `in`, or the status of a refusal. Not by `fetch`, which refuses the user service's port. */
export async function call(
  service: ServiceName,
  row: Row,
  caller: Caller,
  world: World,
  path = pathOf(row, world),
): Promise<string> {
  const [operation, , details = {}] = row;
  const method = operation.split(' ')[0] as 'GET';
  const authorization = world.authorization(caller, service);
  const hasBody = method !== 'GET';
  const { statusCode, headers, body } = await request(new URL(path, world.urls[service]), {
    dispatcher: agent,
    method,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(hasBody && { 'content-type': 'application/json' }),
      ...details.headers,
    },
    ...(hasBody && { body: JSON.stringify(details.body?.(world) ?? {}) }),
  });
  const isProblem = headers['content-type']?.includes('problem+json') ?? false;
  const code = isProblem ? ((await body.json()) as { code: string }).code : undefined;
  // An event stream has no end.
  if (!body.bodyUsed)
    await (/event-stream/.test(String(headers['content-type'])) ? body.destroy() : body.dump());
  if (statusCode >= 500 || code === 'route-not-found') return `${statusCode} ${code}`;
  if (statusCode === 401 && !tokenCodes.has(code ?? '')) return 'in';
  return [401, 403, 404].includes(statusCode) ? String(statusCode) : 'in';
}
