import { AppError, type ErrorKind, type FieldError } from './errors.ts';

/** One way to refuse a request, by its code in a catalogue. */
export interface ProblemDefinition {
  readonly status: number;
  /** A few words, the same each time (RFC 9457, section 3.1.3). */
  readonly title: string;
  /** What happened and what to do about it; the thrower may say it more exactly. */
  readonly detail: string;
  /** Seconds after which to try again, if the thrower does not know better: the header `Retry-After`. */
  readonly retryAfter?: number;
}

/** What is known only where the problem arises; any further member becomes one of the document, e.g. `available: 3`. */
export interface ProblemOptions {
  /** Instead of the catalogue's `detail`. */
  readonly detail?: string;
  /** Every rule that the input breaks, all at once. Without a `detail` they are the detail too. */
  readonly errors?: readonly FieldError[];
  /** Seconds, instead of the catalogue's `retryAfter`. */
  readonly retryAfter?: number;
  /** For the log only. */
  readonly cause?: unknown;
  readonly type?: never;
  readonly title?: never;
  readonly status?: never;
  readonly instance?: never;
  readonly code?: never;
  readonly requestId?: never;
  readonly [member: string]: unknown;
}

/**
 * An outcome that the caller is told of, as a problem document (RFC 9457). Made by the `problem` of a catalogue only.
 * It is an {@link AppError} until nothing asks for those any more.
 */
export class Problem extends AppError {
  readonly status: number;
  readonly title: string;

  constructor(code: string, definition: ProblemDefinition, options: ProblemOptions) {
    const { detail, errors, retryAfter = definition.retryAfter, cause, ...details } = options;
    const message = detail ?? (errors && sentenceOf(errors)) ?? definition.detail;
    super(kindOf[definition.status] ?? 'invalid', code, message, { cause, errors, details, retryAfter });
    this.name = 'Problem';
    this.status = definition.status;
    this.title = definition.title;
  }
}

const sentenceOf = (errors: readonly FieldError[]) =>
  errors.map(({ field, message }) => `${field} ${message}`).join('; ');

const kindOf: Readonly<Record<number, ErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  412: 'stale',
  413: 'too-large',
  415: 'unsupported-media-type',
  417: 'expectation-failed',
  422: 'unprocessable',
  428: 'precondition-required',
  429: 'too-many-requests',
  503: 'unavailable',
};

export interface ProblemCatalogue<Code extends string> {
  /** Code → status, title and detail: all that the service can answer with. */
  readonly problems: Readonly<Record<Code, ProblemDefinition>>;
  /** The error to throw: `throw problem('insufficient-stock', { available: 3 })`. */
  readonly problem: (code: Code, options?: ProblemOptions) => Problem;
}

/**
 * A catalogue of all problems that a service can answer with: the only place for their statuses and texts. A test
 * compares it with `openapi.yaml` (`contractProblems` of `@shop/testing`).
 */
export function defineProblems<Code extends string>(
  problems: Readonly<Record<Code, ProblemDefinition>>,
): ProblemCatalogue<Code> {
  return {
    problems,
    problem: (code, options = {}) => new Problem(code, problems[code], options),
  };
}
