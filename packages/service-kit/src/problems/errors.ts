/** What went wrong, in terms of the caller; only `problem.ts` knows which HTTP status each kind is. */
export type ErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'stale'
  | 'too-large'
  | 'unsupported-media-type'
  | 'expectation-failed'
  | 'unprocessable'
  | 'precondition-required'
  | 'too-many-requests'
  | 'unavailable';

/** One rule that one field of the input breaks. */
export interface FieldError {
  /** Dotted path within the input: `items.0.qty`. */
  readonly field: string;
  /** The rule, and what was given. */
  readonly message: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** For `invalid`: every field that is wrong, all at once. */
  readonly errors?: readonly FieldError[] | undefined;
  /** Extra members of the problem document (RFC 9457, section 3.2), e.g. `{ available: 3 }`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds after which another try makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number | undefined;
}

/**
 * An outcome that the caller can be told of. Anything else that is thrown is a bug: logged with its stack and
 * answered 500 without details.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  /** Stable, kebab-case: what a client branches on. */
  readonly code: string;
  readonly errors: readonly FieldError[] | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfter: number | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.kind = kind;
    this.code = code;
    this.errors = options.errors;
    this.details = options.details;
    this.retryAfter = options.retryAfter;
  }
}

/** The error for input that breaks rules: 400 `validation-failed` naming every field at once. */
export function invalidInput(errors: readonly FieldError[]): AppError {
  const fields = errors.map((error) => `${error.field} ${error.message}`).join('; ');
  return new AppError('invalid', 'validation-failed', fields, { errors });
}
