import type { Calls } from './calls.ts';
import type { TokenStore, Tokens } from './token-store.ts';
import type { DataOf, InputOf, ProblemOf, Result } from './types.ts';

/** What became of the cart that a guest had before logging in. */
type WithMergedCart = { readonly mergedCart?: Result<DataOf<'mergeCart'>, ProblemOf<'mergeCart'>> };

/** Who the visitor is: what pages do with more than one call, and with the tokens that are kept. */
export interface Session {
  /** What is kept: undefined of a visitor; without a `refreshToken` of a guest. */
  tokens(): Promise<Tokens | undefined>;
  /** Makes a guest of a visitor, so that there is a cart; does nothing for those who are one, or logged in. */
  begin(): Promise<Result<DataOf<'createGuest'>, ProblemOf<'createGuest'>> | undefined>;
  /** Creates an account and logs in. A guest keeps cart and orders. */
  signUp(
    account: InputOf<'register'>['body'],
  ): Promise<Result<DataOf<'login'>, ProblemOf<'register' | 'login'>>>;
  /** Logs in. What a guest has in the cart is taken over: `mergedCart` says what could not be. */
  signIn(
    credentials: InputOf<'login'>['body'],
  ): Promise<Result<DataOf<'login'>, ProblemOf<'login'>> & WithMergedCart>;
  /** Forgets the tokens, in any case, and ends the session at the shop. */
  signOut(): Promise<Result<undefined, ProblemOf<'logout'>> | undefined>;
}

export function createSession(calls: Calls, store: TokenStore): Session {
  let beginning: ReturnType<Session['begin']> | undefined;

  return {
    tokens: async () => store.get(),
    begin: async () => {
      if ((await store.get()) !== undefined) return undefined;
      beginning ??= calls.createGuest().finally(() => {
        beginning = undefined;
      });
      return beginning;
    },
    signUp: async (account) => {
      const registered = await calls.register({ body: account });
      const { code } = registered.problem ?? {};
      // When nobody knows whether there is an account now, the log-in tells.
      const isUnknown = code === 'outcome-unknown' || code === 'network-error';
      if (registered.problem !== undefined && !isUnknown) return registered;
      const { email, password } = account;
      const loggedIn = await calls.login({ body: { email, password } });
      return loggedIn.problem?.code === 'invalid-credentials' && registered.problem ? registered : loggedIn;
    },
    signIn: async (credentials) => {
      const before = await store.get();
      const loggedIn = await calls.login({ body: credentials });
      const wasGuest = before !== undefined && before.refreshToken === undefined;
      if (loggedIn.problem !== undefined || !wasGuest) return loggedIn;
      return { ...loggedIn, mergedCart: await calls.mergeCart({ body: { guestToken: before.token } }) };
    },
    signOut: async () => {
      const { refreshToken } = (await store.get()) ?? {};
      await store.set(undefined);
      return refreshToken === undefined ? undefined : calls.logout({ body: { refreshToken } });
    },
  };
}
