import { orThrow } from '@shop/client';
import { useQuery } from '@tanstack/preact-query';
import { lazy, Suspense } from 'preact/compat';
import { shop } from '../api.ts';
import { formatMoney } from '../money.ts';
import { AddressLines } from '../parts/address-lines.tsx';
import { Page } from '../parts/page.tsx';
import { Picture } from '../parts/picture.tsx';
import { Problem } from '../parts/problem.tsx';
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
  const { data: me } = useMe();
  const {
    data: order,
    error,
    refetch,
  } = useQuery({
    queryKey: ['order', orderNumber],
    queryFn: () => orThrow(shop.getOrder({ orderNumber })),
  });
  const stream = useOrderStream(order);
  const refused = useReturnFromBank();
  const isOwn = order?.customerId === me?.id;
  return (
    <Page title="Your order">
      <p class="soft">Number {orderNumber}</p>
      <Problem error={error ?? stream.error} onRetry={() => void refetch()} />
      {!order && !error && <p role="status">One moment…</p>}
      {order && (
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
              {order.refundedAmount > 0 && (
                <p>Given back: {formatMoney(order.refundedAmount, order.currency)}</p>
              )}
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
            <Suspense fallback={<p role="status">One moment…</p>}>
              <OrderTools order={order} />
            </Suspense>
          )}
        </>
      )}
    </Page>
  );
}
