import { orThrow } from '@shop/client';
import { Link } from 'wouter-preact';
import { shop } from '../api.ts';
import { ShowMore, useList } from '../parts/list.tsx';
import { Loaded } from '../parts/loaded.tsx';
import { OrderTable } from '../parts/order-table.tsx';
import { Page } from '../parts/page.tsx';
import { isKnown } from '../session.ts';

const none = { items: [], nextCursor: null, total: 0, totalIsExact: true };

/** The orders of the caller, newest first. */
export function OrdersPage() {
  const { query, items } = useList(['orders'], async (cursor) =>
    isKnown() ? orThrow(shop.listOrders({ cursor })) : none,
  );
  return (
    <Page title="Your orders">
      <Loaded query={query}>
        {() => (items.length === 0 ? <NoOrders /> : <OrderTable orders={items} />)}
      </Loaded>
      <ShowMore query={query} />
    </Page>
  );
}

function NoOrders() {
  return (
    <p>
      There are none yet. <Link href="/">Find something nice</Link>
      {!isKnown() && (
        <>
          , or <Link href="/sign-in?next=/orders">sign in</Link> to see earlier ones
        </>
      )}
      .
    </p>
  );
}
