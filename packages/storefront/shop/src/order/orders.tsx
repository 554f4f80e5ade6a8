import { orThrow } from '@shop/client';
import { useInfiniteQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { OrderTable } from '../parts/order-table.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { isKnown } from '../session.ts';

/** The orders of the caller, newest first. */
export function OrdersPage() {
  const list = useInfiniteQuery({
    queryKey: ['orders'],
    queryFn: ({ pageParam: cursor }) => orThrow(shop.listOrders({ cursor: cursor || undefined })),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isKnown(),
  });
  const { data, error, refetch } = list;
  const orders = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page title="Your orders">
      <Problem error={error} onRetry={() => void refetch()} />
      {isKnown() && !data && !error && <p role="status">One moment…</p>}
      {!error && (!isKnown() || data?.pages[0]?.total === 0) && (
        <p>
          There are none yet. <Link href="/">Find something nice</Link>
          {!isKnown() && (
            <>
              , or <Link href="/sign-in?next=/orders">sign in</Link> to see earlier ones
            </>
          )}
          .
        </p>
      )}
      {orders.length > 0 && <OrderTable orders={orders} />}
      <ShowMore list={list} />
    </Page>
  );
}
