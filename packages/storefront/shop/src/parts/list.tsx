import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import { Press } from './form.tsx';

interface PageOfList<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly totalIsExact: boolean;
}

/** A list of the API that is read page by page: what is on the pages so far, and the first of them. */
export function useList<Item, Page>(
  queryKey: readonly unknown[],
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page & PageOfList<Item>>,
) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam || undefined, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  return {
    query,
    first: query.data?.pages[0],
    items: query.data?.pages.flatMap(({ items }) => items) ?? [],
  };
}

/** How long a list is. */
export function Total({ of: first, what }: { of: PageOfList<unknown> | undefined; what: string }) {
  return (
    <p class="soft" role="status">
      {first && `${first.total}${first.totalIsExact ? '' : '+'} ${what}`}
    </p>
  );
}

interface ShowMoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

/** Reads the next page of a list, where there is one. */
export function ShowMore({ query: { hasNextPage, isFetchingNextPage, fetchNextPage } }: ShowMoreProps) {
  if (!hasNextPage) return null;
  return (
    <div class="row">
      <Press busy={isFetchingNextPage} onPress={() => void fetchNextPage()}>
        Show more
      </Press>
    </div>
  );
}
