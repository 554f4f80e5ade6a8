/** The tokens of a session, or of a guest, who has no refresh token. */
export interface Tokens {
  readonly token: string;
  /** When the access token expires, in milliseconds since 1970 by this machine's clock. */
  readonly expiresAt: number;
  readonly refreshToken?: string | undefined;
}

/** Where a client keeps its tokens. It is read before each request, so that several clients may share one. */
export interface TokenStore {
  get(): Tokens | undefined | Promise<Tokens | undefined>;
  /** @param tokens undefined when the session has ended */
  set(tokens: Tokens | undefined): void | Promise<void>;
}

/** Forgets the tokens when the page is closed or the process ends. */
export function memoryStore(): TokenStore {
  let kept: Tokens | undefined;
  return {
    get: () => kept,
    set: (tokens) => {
      kept = tokens;
    },
  };
}

/** What of the browser's `Storage` is needed. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps the tokens in `localStorage` or `sessionStorage`, for all tabs of the page's origin. Every script of that origin can
 * read them there: serve the page with a strict Content-Security-Policy.
 */
export function webStore(storage: WebStorage, key = 'shop.tokens'): TokenStore {
  return {
    get: () => parse(storage.getItem(key)),
    set: (tokens) => {
      if (tokens === undefined) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(tokens));
    },
  };
}

function parse(text: string | null): Tokens | undefined {
  try {
    const tokens = JSON.parse(text ?? 'null');
    return typeof tokens?.token === 'string' ? tokens : undefined;
  } catch {
    return undefined;
  }
}
