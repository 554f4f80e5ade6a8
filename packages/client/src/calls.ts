import type { Operations } from './generated/operations.ts';
import { type OperationId, operation, operationIds } from './operation.ts';
import type { Send } from './send.ts';
import type { Call, CallOptions } from './types.ts';

/** Every operation of the shop as a function of its `operationId`; `followOrder` alone is another one. */
export type Calls = { readonly [Id in keyof Omit<Operations, 'followOrder'>]: Call<Id & OperationId> };

export function createCalls(send: Send): Calls {
  const calls = operationIds.map((id) => [
    id,
    (input?: object, options?: CallOptions) => send(operation(id), { ...input }, options),
  ]);
  return Object.fromEntries(calls);
}
