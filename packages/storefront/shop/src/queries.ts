import { MutationCache, QueryCache, QueryClient } from '@tanstack/preact-query';
import { tokens } from './api.ts';

/** Reads again what the page shows. */
export const readAgain = () => queries.invalidateQueries();

/**
 * What was read: shown at once when it is wanted again, and read again then, when one comes back to the window, and after
 * each change.
 */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended: the page should say so everywhere.
    onError: () => {
      if (tokens.get() === undefined) void queries.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  mutationCache: new MutationCache({
    // Also what has failed: the shop may have something else than the page shows. That it failed is said at once.
    onSettled: (_, error) => (error ? void readAgain() : readAgain()),
  }),
  defaultOptions: {
    // The client tries again by itself where that is worth it; and offline one is told so, instead of waiting.
    queries: { retry: false, networkMode: 'always', refetchOnReconnect: true },
    mutations: { networkMode: 'always' },
  },
});
