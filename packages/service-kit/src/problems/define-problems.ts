/** The `type` of a problem document is this and its code (RFC 9457, section 3.1.1). */
export const problemTypeBase = 'urn:shop:problem:';

/** The `title`, the same each time (section 3.1.3): `cart-full` → Cart full. */
export const problemTitle = (code: string) =>
  code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

/** One rule that one field of the input breaks. */
export interface FieldError {
  /** Dotted path within the input: `items.0.qty`. */
  readonly field: string;
  /** The rule, and what was given. */
  readonly message: string;
}

/** One way to refuse a request, by its code in a catalogue. */
export interface ProblemDefinition {
  readonly status: number;
  /** What happened and what to do about it; the thrower may say it more exactly. */
  readonly detail: string;
  /** Seconds after which to try again, if the thrower does not know better: the header `Retry-After`. */
  readonly retryAfter?: number;
  /**
   * The request was refused before anything was done, by this instance for its own sake: a gateway may send it to another
   * one. It learns so by {@link nothingDoneHeader}.
   */
  readonly nothingDone?: boolean;
}

/** Of replies to requests that another instance may be asked instead, whatever they ask for. */
export const nothingDoneHeader = 'x-nothing-done';

/** Members that no thrower may set. */
type OwnMember = 'type' | 'title' | 'status' | 'instance' | 'code' | 'requestId';

/** What is known only where the problem arises; any further member becomes one of the document, e.g. `available: 3`. */
export interface ProblemOptions extends Partial<Record<OwnMember, never>> {
  /** Instead of the catalogue's `detail`. */
  readonly detail?: string;
  /** Every rule that the input breaks, all at once. Without a `detail` they are the detail too. */
  readonly errors?: readonly FieldError[];
  /** Seconds, instead of the catalogue's `retryAfter`. */
  readonly retryAfter?: number;
  /** For the log only. */
  readonly cause?: unknown;
  readonly [member: string]: unknown;
}

/**
 * An outcome that the caller is told of, as a problem document (RFC 9457). Made by the `problem` of a catalogue only.
 * Anything else that is thrown is a bug: logged with its stack and answered 500 without details.
 */
export class Problem extends Error {
  /** Stable, kebab-case: what a client branches on. */
  readonly code: string;
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfter: number | undefined;
  readonly nothingDone: boolean;

  constructor(code: string, definition: ProblemDefinition, options: ProblemOptions) {
    const { detail, errors, retryAfter = definition.retryAfter, cause, ...details } = options;
    super(shortened(detail ?? (errors && sentenceOf(errors)) ?? definition.detail), { cause });
    this.name = 'Problem';
    this.code = code;
    this.status = definition.status;
    this.errors = errors;
    this.details = details;
    this.retryAfter = retryAfter;
    this.nothingDone = definition.nothingDone ?? false;
  }

  /** What its document says, whatever request it answers. */
  toJSON() {
    const { code, status, message: detail } = this;
    return { type: `${problemTypeBase}${code}`, title: problemTitle(code), status, detail, code };
  }
}

/** A sentence, however long a path or however many members it speaks of; `errors` lists all of them. */
const mostCharacters = 1_000;
const shortened = (text: string) =>
  text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;

const sentenceOf = (errors: readonly FieldError[]) =>
  errors.map(({ field, message }) => `${field} ${message}`).join('; ');

/**
 * A catalogue of all problems that a service can answer with, by their codes: the only place for their statuses and
 * texts. A test compares it with `openapi.yaml` (`problemDifferences` of `@shop/testing`).
 * @returns it, and `problem`, which makes the error to throw: `throw problem('insufficient-stock', { available: 3 })`
 */
export function defineProblems<Code extends string>(problems: Readonly<Record<Code, ProblemDefinition>>) {
  return {
    problems,
    problem: (code: Code, options: ProblemOptions = {}) => new Problem(code, problems[code], options),
  };
}
