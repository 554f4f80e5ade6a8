import { orThrow } from '@shop/client';
import { useInfiniteQuery } from '@tanstack/preact-query';
import { useState } from 'preact/hooks';
import { shop } from '../api.ts';
import { OrderTable } from '../parts/order-table.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { ShowMore } from '../parts/show-more.tsx';

const views = {
  'All orders': {},
  'To be shipped': { status: 'completed', fulfilment: 'none' },
  'To be paid': { status: 'processing' },
  Cancelled: { status: 'cancelled' },
} as const;

type View = keyof typeof views;

/** The orders of all customers, newest first. */
export function AdminOrders() {
  const [view, setView] = useState<View>('All orders');
  const list = useInfiniteQuery({
    queryKey: ['orders', 'all', view],
    queryFn: ({ pageParam: cursor }) =>
      orThrow(shop.listOrders({ all: true, ...views[view], cursor: cursor || undefined })),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, error, refetch } = list;
  const [first] = data?.pages ?? [];
  return (
    <Page title="Orders">
      <div class="row apart">
        <label class="choice">
          <span>Show</span>
          <select value={view} onChange={(event) => setView(event.currentTarget.value as View)}>
            {Object.keys(views).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <p class="soft" role="status">
          {first && `${first.total}${first.totalIsExact ? '' : '+'} orders`}
        </p>
      </div>
      <Problem error={error} onRetry={() => void refetch()} />
      {data && <OrderTable orders={data.pages.flatMap(({ items }) => items)} />}
      <ShowMore list={list} />
    </Page>
  );
}
