import type { Operations } from './generated/operations.ts';
import type { OperationId } from './operation.ts';

/** Codes that the gateway answers with in place of a service, and those that the client itself has. */
type CodeOfGateway =
  | `${'user' | 'catalog' | 'order' | 'payment'}-service-unavailable`
  | 'outcome-unknown'
  | 'network-error'
  | 'unexpected-reply';

/** Why a request was refused (RFC 9457). */
export interface AnyProblem {
  readonly type: string;
  readonly title: string;
  /** The HTTP status; 0 when there was no reply. */
  readonly status: number;
  /** What happened this time, for people to read. */
  readonly detail: string;
  /** What to branch on. */
  readonly code: string;
  /** Finds the request in the shop's logs. */
  readonly requestId?: string;
  /** Of `validation-failed`: every rule that the request breaks. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** What came of a call: `data`, or the `problem` that it has instead. */
export type Result<Data, Problem = AnyProblem> =
  | {
      readonly data: Data;
      readonly problem?: undefined;
      readonly retryAfter?: undefined;
      readonly response: Response;
    }
  | {
      readonly data?: undefined;
      readonly problem: Problem;
      /** In how many seconds the same request may succeed, if the shop said so. */
      readonly retryAfter: number | undefined;
      /** Undefined when there was none. */
      readonly response: Response | undefined;
    };

/** For one call. */
export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Sent instead of the token that is kept: `openApiKey` takes an API key by this. It is not refreshed. */
  readonly bearer?: string | undefined;
}

type Shape = { readonly parameters: object; readonly responses: object };

type Contents<Response> = Response extends { readonly content: infer Content }
  ? Content[keyof Content]
  : undefined;
type Success = 200 | 201 | 202 | 204;

/** What an operation returns when it succeeds. */
export type DataOf<Id extends OperationId> = {
  [Status in keyof Operations[Id]['responses']]: Status extends Success
    ? Contents<Operations[Id]['responses'][Status]>
    : never;
}[keyof Operations[Id]['responses']];

/** A problem that has one of several codes, as one type for each, so that `code` tells them apart. */
type ByCode<Problem> = Problem extends { readonly code: infer Code extends string }
  ? Code extends string
    ? Problem & { readonly code: Code }
    : never
  : never;

type Problems<Responses> = {
  [Status in keyof Responses]: Responses[Status] extends {
    readonly content: { readonly 'application/problem+json': infer Problem };
  }
    ? Problem
    : never;
}[keyof Responses];

/** The problems that an operation may have, by their `code`. */
export type ProblemOf<Id extends OperationId> = Id extends OperationId
  ? ByCode<Problems<Operations[Id]['responses']> | (AnyProblem & { readonly code: CodeOfGateway })>
  : never;

/** What the client sends by itself. */
type OwnHeader = 'If-None-Match' | 'Last-Event-ID';

type Given<Operation extends Shape> = Operation['parameters'][keyof Operation['parameters']];
type Flat<Parameters> = (Parameters extends object ? (all: Parameters) => void : never) extends (
  all: infer All,
) => void
  ? Omit<All, OwnHeader>
  : object;
type Body<Operation> = Operation extends { readonly requestBody: { readonly content: infer Content } }
  ? { readonly body: Content[keyof Content] }
  : Operation extends { readonly requestBody?: { readonly content: infer Content } }
    ? { readonly body?: Content[keyof Content] }
    : object;

/** A member that may be left out may be `undefined` too. */
type Lenient<Input> = {
  [Name in keyof Input]: object extends Pick<Input, Name> ? Input[Name] | undefined : Input[Name];
};

/** What an operation is called with: its parameters of path, query and header, and its `body`. */
export type InputOf<Id extends OperationId> = Lenient<Flat<Given<Operations[Id]>> & Body<Operations[Id]>>;

type Arguments<Input> = object extends Input
  ? [input?: Input, options?: CallOptions]
  : [input: Input, options?: CallOptions];

/** Calls an operation. Resolves also when the shop refuses or cannot be reached, with the `problem`. */
export type Call<Id extends OperationId> = (
  ...args: Arguments<InputOf<Id>>
) => Promise<Result<DataOf<Id>, ProblemOf<Id>>>;
