import { QueryCache, QueryClient } from '@tanstack/preact-query';
import { tokens } from './api.ts';

/** What was read: shown at once when it is wanted again, and read again then, and when one comes back to the window. */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended: the page should say so everywhere.
    onError: () => {
      if (tokens.get() === undefined) void queries.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    // The client tries again by itself where that is worth it; and offline one is told so, instead of waiting.
    queries: { retry: false, networkMode: 'always', refetchOnReconnect: true },
    mutations: { networkMode: 'always' },
  },
});
