import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { lazy, Suspense } from 'preact/compat';
import { type Order, shop } from '../api.ts';
import { formatMoney } from '../money.ts';
import { AddressLines } from '../parts/address-lines.tsx';
import { Loaded, Waiting } from '../parts/loaded.tsx';
import { Page } from '../parts/page.tsx';
import { Picture } from '../parts/picture.tsx';
import { Sums } from '../parts/sums.tsx';
import { PaymentSection } from '../payment/payment.tsx';
import { useReturnFromBank } from '../payment/use-return-from-bank.ts';
import { useMe } from '../session.ts';
import { CancelOrder } from './cancel-order.tsx';
import { OrderProgress } from './order-progress.tsx';
import { useOrderStream } from './use-order-stream.ts';

const OrderTools = lazy(() => import('../admin/order-tools.tsx'));

/** An order, from the moment that it is placed: it moves by itself, is paid here, and stays to be looked at. */
export function OrderPage({ orderNumber }: { orderNumber: string }) {
  const query = useQuery({
    queryKey: ['order', orderNumber],
    queryFn: () => orThrow(shop.getOrder({ orderNumber })),
  });
  const stream = useOrderStream(query.data);
  return (
    <Page title="Your order">
      <p class="soft">Number {orderNumber}</p>
      <Loaded query={{ ...query, error: query.error ?? stream.error }}>
        {(order) => <Content order={order} />}
      </Loaded>
    </Page>
  );
}

function Content({ order }: { order: Order }) {
  const { data: me } = useMe();
  const refused = useReturnFromBank();
  const isOwn = order.customerId === me?.id;
  return (
    <>
      <OrderProgress order={order} />
      <div class="two aside">
        <div class="stack wide">
          {isOwn && order.status === 'processing' && order.amount > 0 && (
            <PaymentSection order={order} refused={refused} />
          )}
          <ul class="lines">
            {order.items.map(({ productId, itemName, qty, price, imageUrl }) => (
              <li key={productId}>
                <Picture url={imageUrl} />
                <span>
                  {qty} × {itemName}
                </span>
                <span class="price">{formatMoney(price * qty, order.currency)}</span>
              </li>
            ))}
          </ul>
        </div>
        <section class="card stack" aria-label="Total and delivery">
          <Sums {...order} />
          {order.refundedAmount > 0 && <p>Given back: {formatMoney(order.refundedAmount, order.currency)}</p>}
          {order.shippingAddress && <AddressLines {...order.shippingAddress} />}
          {order.deliveryMethod && <p>{order.deliveryMethod.name}</p>}
          {order.shipments.map(({ id, carrier, tracking, status }) => (
            <p key={id}>
              {carrier} {tracking}, {status}
            </p>
          ))}
          <CancelOrder order={order} />
        </section>
      </div>
      {me?.role === 'admin' && (
        <Suspense fallback={<Waiting />}>
          <OrderTools order={order} />
        </Suspense>
      )}
    </>
  );
}
