import { type Operations, operations } from './generated/operations.ts';

export type OperationId = keyof Operations;

/** What the contract says of an operation. */
export interface Operation {
  readonly id: OperationId;
  readonly method: string;
  readonly path: string;
  /** It takes an access token. */
  readonly bearer: boolean;
  /** It needs none. */
  readonly anyone: boolean;
  /** It takes an Idempotency-Key. */
  readonly key: boolean;
  /** Sent twice it does what it does once, so that a lost answer does no harm. */
  readonly repeatable: boolean;
  /** Its reply has tokens to keep. */
  readonly tokens: boolean;
  /** Body and reply are lines of JSON. */
  readonly ndjson: boolean;
  /** Its reply is a stream of events. */
  readonly stream: boolean;
}

export const operationIds = Object.keys(operations) as OperationId[];

/** @param id of an operation */
export function operation(id: OperationId): Operation {
  const [method = '', path = '', ...traits] = operations[id].split(' ');
  const has = (trait: string) => traits.includes(trait);
  return {
    id,
    method,
    path,
    bearer: has('bearer'),
    anyone: has('anyone'),
    key: has('key'),
    repeatable: has('repeatable'),
    tokens: has('tokens'),
    ndjson: has('ndjson'),
    stream: has('stream'),
  };
}
