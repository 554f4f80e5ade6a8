import type { Caller } from '../authorization/rules.ts';
import type { World } from '../authorization/world.ts';
import { bodies, members } from './hostile/bodies.ts';
import { authorizations, headers } from './hostile/headers.ts';
import { paths } from './hostile/requests.ts';
import { texts } from './hostile/texts.ts';
import type { Operation } from './operations.ts';
import { createProbe, type Parts, type Probe } from './probe.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Every hostile value in every place of an operation, by a caller who may use it. */
export function hostileProbes(operation: Operation, caller: Caller, world: World): Probe[] {
  const { method, path, parameters, body } = operation;
  const example = body === undefined ? undefined : { body: Buffer.from(exampleOf(operation, {})) };
  const inUrl = parameters.filter((parameter) => parameter.in !== 'header');
  const parts: Omit<Parts, 'caller'>[] = [
    ...inUrl.flatMap(({ name }) => texts.map((text) => ({ about: name, parameters: { [name]: text } }))),
    ...membersOf(body?.example).flatMap((name) =>
      members.map((json) => ({ about: name, body: Buffer.from(exampleOf(operation, { [name]: json })) })),
    ),
    ...(body === undefined ? [] : bodies.map((bytes) => ({ about: 'body', body: latin1(bytes) }))),
    ...headers.map(([name, value]) => ({ about: name, ...example, headers: { [name]: value } })),
    ...[...authorizations, ...Object.values(world.badTokens).map((token) => `Bearer ${token}`)].map(
      (authorization) => ({ about: 'authorization', ...example, headers: { authorization } }),
    ),
  ];
  return parts.map((each) =>
    createProbe(operation, { ...each, about: `${method} ${path}: ${each.about}`, caller }, world),
  );
}

export const hostilePaths = (caller: Caller, world: World): Probe[] =>
  (['user', 'catalog', 'order', 'payment', 'storefront'] as const).flatMap((service) =>
    paths.map((path) => ({
      about: 'a path',
      service,
      method: 'GET',
      path,
      headers: { authorization: world.authorization(caller, service) ?? '' },
    })),
  );

const membersOf = (example: unknown) =>
  typeof example === 'object' && example !== null ? Object.keys(example) : [];

/** The example of a body as JSON, with other members written into it as they are. */
function exampleOf({ body }: Operation, changed: Readonly<Record<string, string>>): string {
  if (typeof body?.example !== 'object') return String(body?.example ?? '');
  const texts = Object.entries({ ...body.example }).map(
    ([name, value]) => `${JSON.stringify(name)}:${changed[name] ?? JSON.stringify(value)}`,
  );
  return `{${texts.join(',')}}`;
}
