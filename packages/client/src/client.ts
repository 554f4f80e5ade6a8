import { createAccessTokens } from './access.ts';
import { type Calls, createCalls } from './calls.ts';
import { createExchange } from './exchange.ts';
import { operation } from './operation.ts';
import { type FollowOptions, followOrder, type OrderEvent } from './order-stream.ts';
import { repeat } from './repeat.ts';
import { createSend } from './send.ts';
import { createSession, type Session } from './session.ts';
import { memoryStore, type TokenStore } from './token-store.ts';

export interface ShopClientOptions {
  /** Where the gateway's API is: absolute outside of browsers. The default is `/api`. */
  readonly url?: string | undefined;
  /** Where tokens are kept. The default forgets them with the page. */
  readonly store?: TokenStore | undefined;
  /** How long a call may wait in all before it asks again. The default is 10 seconds; 0 asks once. */
  readonly maxWaitMs?: number | undefined;
  /** How long one attempt may take. The default is 15 seconds: the shop itself takes 10 for a payment. */
  readonly timeoutMs?: number | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}

export interface ShopClient extends Calls {
  readonly session: Session;
  /**
   * Follows an order live: each thing that happens to it, once and in order, however often the connection breaks. Ends when the
   * order is cancelled, or when `signal` is aborted.
   * @throws ProblemError when the order cannot be followed
   */
  followOrder(
    input: { readonly orderNumber: string },
    options?: FollowOptions,
  ): AsyncGenerator<OrderEvent, void, void>;
}

/**
 * A client of the shop, for browsers and Node: `await shop.getCart()` resolves to `{ data }` or `{ problem }`, whose `code`
 * tells what to do. It keeps tokens and refreshes them once for all calls that need it, sends one Idempotency-Key with all
 * repeats of a call, and asks again when the shop says that it may (Retry-After), or when there was no answer and the call
 * does no harm twice.
 * @throws TypeError when `url` is none
 */
export function createShopClient({
  url = '/api',
  store = memoryStore(),
  maxWaitMs = 10_000,
  timeoutMs = 15_000,
  fetch = (request) => globalThis.fetch(request),
}: ShopClientOptions = {}): ShopClient {
  new URL(url, (globalThis as { location?: { href: string } }).location?.href);
  const exchange = createExchange({ url, fetch, timeoutMs });
  const access = createAccessTokens(store, (refreshToken) =>
    // A refresh token may be sent again for 10 seconds: if the answer was lost, nothing else saves the session.
    repeat(() => exchange(operation('refresh'), { body: { refreshToken } }, {}), {
      repeatable: true,
      maxWaitMs,
    }),
  );
  const send = createSend(exchange, access, maxWaitMs);
  const calls = createCalls(send);
  return {
    ...calls,
    session: createSession(calls, store),
    followOrder: (input, options) => followOrder(send, input, options),
  };
}
