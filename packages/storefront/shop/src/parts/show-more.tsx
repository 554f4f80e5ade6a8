import type { UseInfiniteQueryResult } from '@tanstack/preact-query';
import { Press } from './form.tsx';

/** Reads the next page of a list, where there is one. */
export function ShowMore({
  list: { hasNextPage, isFetchingNextPage, fetchNextPage },
}: {
  list: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
}) {
  if (!hasNextPage) return null;
  return (
    <div class="row">
      <Press busy={isFetchingNextPage} onPress={() => void fetchNextPage()}>
        Show more
      </Press>
    </div>
  );
}
