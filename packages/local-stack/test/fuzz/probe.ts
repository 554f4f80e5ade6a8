import type { Caller } from '../authorization/rules.ts';
import type { World } from '../authorization/world.ts';
import type { ServiceName } from '../bad-input/row.ts';
import type { Message } from '../bad-input/send.ts';
import type { Operation } from './operations.ts';

/** One request, and where it is sent. */
export interface Probe extends Message {
  readonly service: ServiceName;
  /** What is strange about it. */
  readonly about: string;
}

/** What a request to an operation is made of; what is left out is as it should be. */
export interface Parts {
  readonly about: string;
  readonly caller: Caller;
  readonly throughGateway?: boolean;
  /** By the names of the parameters: texts that are not encoded yet. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

export function createProbe(operation: Operation, parts: Parts, world: World): Probe {
  const { service, method, body: described } = operation;
  const { about, caller, parameters = {}, throughGateway = false } = parts;
  const authorization = world.authorization(caller, service);
  const named = operation.parameters.filter(({ name }) => parameters[name] !== undefined);
  const inHeaders = named.filter((parameter) => parameter.in === 'header');
  return {
    about,
    service: throughGateway ? 'storefront' : service,
    method,
    path: `${throughGateway ? '/api' : ''}${pathOf(operation, parameters, world)}`,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(parts.body !== undefined && { 'content-type': described?.type ?? 'application/json' }),
      ...Object.fromEntries(
        inHeaders.map(({ name }) => [name.toLowerCase(), asHeader(parameters[name] ?? '')]),
      ),
      ...parts.headers,
    },
    body: parts.body,
  };
}

function pathOf(
  operation: Operation,
  given: Readonly<Record<string, string>>,
  { parameters, ids }: World,
): string {
  const path = operation.path
    .split('/')
    .map((segment, index, all) =>
      segment.replace(/\{(\w+)\}/, (_match, name: string) =>
        encode(given[name] ?? (name === 'id' ? ids[all[index - 1] ?? ''] : parameters[name]) ?? '1'),
      ),
    )
    .join('/');
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query' && given[parameter.name] !== undefined)
    .map(({ name }) => `${name}=${encode(given[name] ?? '')}`);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** A half of a surrogate pair is no UTF-8. */
const encode = (text: string) => encodeURIComponent(Buffer.from(text).toString());

/** Node sends each character of a header as one byte, and refuses to send control characters. */
const asHeader = (text: string) =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
