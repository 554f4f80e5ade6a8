import type { AnyProblem, Result } from './types.ts';

/** A {@link Result} with a problem, thrown by {@link orThrow}. */
export class ProblemError<Problem extends AnyProblem = AnyProblem> extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  /** In how many seconds the same request may succeed, if the shop said so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/**
 * The data of a call, for callers that handle problems where they catch errors: `await orThrow(shop.getCart())`.
 * @throws ProblemError when it has a problem instead
 */
export async function orThrow<Data, Problem extends AnyProblem>(
  call: Result<Data, Problem> | Promise<Result<Data, Problem>>,
): Promise<Data> {
  const { data, problem, retryAfter } = await call;
  if (problem !== undefined) throw new ProblemError(problem, retryAfter);
  return data as Data;
}

/** A problem that the client itself has: the shop did not say one. */
export const ownProblem = (
  code: 'network-error' | 'unexpected-reply',
  status: number,
  detail: string,
): AnyProblem => ({
  type: `urn:shop:problem:${code}`,
  title: code === 'network-error' ? 'Network error' : 'Unexpected reply',
  status,
  detail,
  code,
});

export const isProblem = (value: unknown): value is AnyProblem =>
  typeof value === 'object' && value !== null && typeof (value as AnyProblem).code === 'string';
