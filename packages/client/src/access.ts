import type { Answer } from './exchange.ts';
import type { TokenStore, Tokens } from './token-store.ts';

/** What a request is sent with, or why there is nothing to send it with. */
type Access = {
  readonly token?: string | undefined;
  readonly refused?: Answer & { readonly problem: object };
};

/** A token that expires on the way would be refused. */
const marginMs = 5_000;

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/**
 * The access token of the store, exchanged for the next one when it has expired.
 * @param refresh exchanges a refresh token; however many calls need it, once
 */
export function createAccessTokens(store: TokenStore, refresh: (refreshToken: string) => Promise<Answer>) {
  let refreshing: Promise<Access> | undefined;

  async function exchangeTokens(refreshToken: string): Promise<Access> {
    const answer = await refresh(refreshToken);
    if (answer.problem === undefined) return { token: (await keep(answer.data)).token };
    if (answer.problem.status !== 401) return { refused: answer };
    // Unless another client of the same store has a newer one.
    if ((await store.get())?.refreshToken === refreshToken) await store.set(undefined);
    return {};
  }

  async function keep(data: unknown): Promise<Tokens> {
    const { token, expiresIn, refreshToken } = data as {
      token: string;
      expiresIn: number;
      refreshToken?: string;
    };
    const tokens = { token, expiresAt: Date.now() + expiresIn * 1_000, refreshToken };
    await store.set(tokens);
    return tokens;
  }

  /** @param stale the token that was refused */
  async function renew(stale: string): Promise<Access> {
    const tokens = await store.get();
    if (tokens === undefined) return {};
    if (tokens.token !== stale) return { token: tokens.token };
    if (tokens.refreshToken === undefined) {
      await store.set(undefined);
      return {};
    }
    refreshing ??= exchangeTokens(tokens.refreshToken).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  return {
    renew,
    current: async (): Promise<Access> => {
      const tokens = await store.get();
      const hasExpired = tokens?.refreshToken !== undefined && tokens.expiresAt - marginMs < Date.now();
      return hasExpired ? renew(tokens.token) : { token: tokens?.token };
    },
    /** Keeps the tokens of a reply that has some. */
    keepFrom: async (data: unknown): Promise<void> => {
      if (typeof (data as { token?: unknown })?.token === 'string') await keep(data);
    },
  };
}
