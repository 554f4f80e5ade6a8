import { invalidParameter } from './errors.ts';
import { optionalInteger, optionalText } from './params.ts';
import type { Params } from './request.ts';

export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly url: string;
}

/** One page of rows given oldest first, shown newest first as Stripe does: `limit`, `starting_after`. */
export function pageOf<T extends { id: string }>(rows: readonly T[], params: Params, url: string): Page<T> {
  const newestFirst = [...rows].reverse();
  const after = optionalText(params, 'starting_after');
  const start = after === undefined ? 0 : newestFirst.findIndex((row) => row.id === after) + 1;
  if (after !== undefined && start === 0) {
    throw invalidParameter('starting_after', `No such object: '${after}'`, 'resource_missing');
  }
  const end = start + readLimit(params);
  return { object: 'list', data: newestFirst.slice(start, end), has_more: end < newestFirst.length, url };
}

export function readLimit(params: Params): number {
  const limit = optionalInteger(params, 'limit', 1) ?? 10;
  if (limit > 100) throw invalidParameter('limit', 'This value must be less than or equal to 100.');
  return limit;
}
