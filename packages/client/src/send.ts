import type { AccessTokens } from './access.ts';
import type { Answer, Exchange, Input } from './exchange.ts';
import type { Operation } from './operation.ts';
import { repeat } from './repeat.ts';
import type { CallOptions } from './types.ts';

export type Send = ReturnType<typeof createSend>;

/** Calls operations: with the caller's token, and again where that is safe and can help. */
export function createSend(exchange: Exchange, access: AccessTokens, maxWaitMs: number) {
  async function ask(operation: Operation, input: Input, { signal, bearer }: CallOptions): Promise<Answer> {
    if (bearer !== undefined || !operation.bearer)
      return exchange(operation, input, { token: bearer, signal });
    const { token, refused } = await access.current();
    if (refused !== undefined) return refused;
    const answer = await exchange(operation, input, { token, signal });
    if (token === undefined || !isStale(answer)) return answer;
    const renewed = await access.renew(token);
    if (renewed.refused !== undefined) return renewed.refused;
    if (renewed.token === undefined && !operation.anyone) return answer;
    return exchange(operation, input, { token: renewed.token, signal });
  }

  return async (operation: Operation, given: Input = {}, options: CallOptions = {}): Promise<Answer> => {
    const input = operation.key
      ? { ...given, 'Idempotency-Key': given['Idempotency-Key'] ?? newKey() }
      : given;
    const limits = { repeatable: operation.repeatable, maxWaitMs, signal: options.signal };
    const answer = await repeat(() => ask(operation, input, options), limits);
    if (operation.tokens && answer.problem === undefined) await access.keepFrom(answer.data);
    return answer;
  };
}

/** `invalid-token` is also said to an administrator or guest whose role has changed since. */
const isStale = ({ problem }: Answer) =>
  problem?.code === 'token-expired' || problem?.code === 'invalid-token';

/** A key for one press of a button. Not by `crypto.randomUUID`, which pages without TLS do not have. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
