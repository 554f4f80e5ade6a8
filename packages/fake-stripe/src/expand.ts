import { invalidParameter } from './errors.ts';
import type { ApiRequest, Params } from './request.ts';

type Fields = Record<string, unknown>;

/** The object with each path of `expand[]` replaced by what its id stands for, the request's own writes included. */
export function expand(body: object, request: ApiRequest): object {
  return readPaths(request.params).reduce<object>(
    (expanded, path) => expandPath(expanded, path.split('.'), path, request) as object,
    body,
  );
}

function readPaths(params: Params): string[] {
  const value = params['expand'];
  if (value === undefined || value === '') return [];
  if (Array.isArray(value) && value.every((path) => typeof path === 'string')) return value;
  throw invalidParameter('expand', 'Invalid array');
}

function expandPath(value: unknown, steps: readonly string[], path: string, request: ApiRequest): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => expandPath(item, steps, path, request));
  if (typeof value !== 'object' || !Object.hasOwn(value, step)) throw cannotExpand(path);
  const field = (value as Fields)[step];
  const resolved = typeof field === 'string' ? lookUp(field, request) : field;
  if (resolved === undefined) throw cannotExpand(path);
  return { ...value, [step]: expandPath(resolved, rest, path, request) };
}

function lookUp(id: string, { tables, writes }: ApiRequest): object | undefined {
  const written = writes.findLast(([, key]) => key === id)?.[2];
  return written ?? tables.charges.get(id) ?? tables.payment_intents.get(id) ?? tables.refunds.get(id);
}

function cannotExpand(path: string) {
  return invalidParameter('expand', `This property cannot be expanded (${path}).`);
}
