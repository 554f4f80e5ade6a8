import { useQuery } from '@tanstack/preact-query';

/** What the gateway says of this shop: where it is paid. */
interface Settings {
  readonly stripe: { readonly publishableKey?: string; readonly offlineUrl?: string };
}

export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: async (): Promise<Settings> => (await fetch('/config.json')).json(),
    staleTime: 'static',
  });
