import { orThrow } from '@shop/client';
import { useState } from 'preact/hooks';
import { shop } from '../api.ts';
import { ShowMore, Total, useList } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { OrderTable } from '../parts/order-table.tsx';
import { Page } from '../parts/page.tsx';

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
  const { query, first, items } = useList(['orders', 'all', view], (cursor) =>
    orThrow(shop.listOrders({ all: true, ...views[view], cursor })),
  );
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
        <Total of={first} what="orders" />
      </div>
      <Loaded query={query}>{() => <OrderTable orders={items} />}</Loaded>
      <ShowMore query={query} />
    </Page>
  );
}
